"""exp, log and power from plain arithmetic, so that a compiler can do several patients at once with them.

A call into the C library would force the loop over patients to go one by one. Both are accurate to about one unit in
the last place over the range that models use (tests compare them with the C library).
"""

from __future__ import annotations

import math
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest whole number in the lowest bits
_ROUND_BITS = 0x4338000000000000
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD

contract = numba.njit(forceinline=True, error_model="numpy", fastmath={"contract"})


def _bits(_: Any, x: Any) -> Any:
    return types.int64(types.float64), lambda context, builder, sig, args: builder.bitcast(args[0], ir.IntType(64))


def _from_bits(_: Any, x: Any) -> Any:
    return types.float64(types.int64), lambda context, builder, sig, args: builder.bitcast(args[0], ir.DoubleType())


def _choose(_: Any, condition: Any, then: Any, otherwise: Any) -> Any:
    signature = types.float64(types.boolean, types.float64, types.float64)
    return signature, lambda context, builder, sig, args: builder.select(*args)


def _wide(_: Any) -> Any:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        # Not by `add`, which knows the names of LLVM's attributes only, and this one is the processor's.
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.none(), lower


wide: Any = intrinsic(_wide)
"""wide(): the function that says it may use the widest vectors; LLVM otherwise keeps to half of AVX-512."""
bits: Any = intrinsic(_bits)
"""bits(x): the 64 bits of a number, as a whole number."""
from_bits: Any = intrinsic(_from_bits)
"""from_bits(i): the number that 64 bits stand for."""
choose: Any = intrinsic(_choose)
"""choose(condition, then, otherwise): without a branch, which would keep a compiler from doing lanes side by side."""


@contract
def exp(x: float) -> float:
    """e**x: x = k ln 2 + r, a Taylor polynomial for e**r, and k into the exponent; 0 below -700, infinite above 709."""
    low, high = x < -700.0, x > 709.0
    x = 709.0 if high else x
    x = -700.0 if low else x
    rounded = x * _LOG2E + _ROUND
    k = rounded - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    scaled = from_bits(bits(p) + (bits(rounded) << 52))
    return 0.0 if low else (math.inf if high else scaled)


@contract
def log(x: float) -> float:
    """ln x for x > 0: the exponent apart, and atanh's series for the rest; not a number for 0 and below."""
    b = bits(x)
    e = (b - _SQRT_HALF_BITS) >> 52
    m = from_bits(b - (e << 52))
    k = from_bits(e + _ROUND_BITS) - _ROUND
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 2.0 / 21.0
    p = p * z + 2.0 / 19.0
    p = p * z + 2.0 / 17.0
    p = p * z + 2.0 / 15.0
    p = p * z + 2.0 / 13.0
    p = p * z + 2.0 / 11.0
    p = p * z + 2.0 / 9.0
    p = p * z + 2.0 / 7.0
    p = p * z + 2.0 / 5.0
    p = p * z + 2.0 / 3.0
    value = k * _LN2_HIGH + ((2.0 * s + p * z * s) + k * _LN2_LOW)
    return value if x > 0.0 else x * 0.0 / (x * 0.0)


@contract
def power(base: float, exponent: float) -> float:
    """base**exponent for a base of 0 or more; 0**negative is infinite; not a number for a negative base."""
    inner = exp(exponent * log(base if base > 0.0 else 1.0))
    at_zero = 0.0 if exponent > 0.0 else (1.0 if exponent == 0.0 else math.inf)
    return inner if base > 0.0 else (at_zero if base == 0.0 else (base - base) / (base - base))
