"""SBML into compiled kernels: read, differentiate, take the constant parts out, print, compile, keep on disk."""
