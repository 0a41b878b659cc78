"""What to do next, and why: guidelines, monitoring, work-up, doses and findings as cited data.

    situation    one patient at one moment, as every part asks for it
    actions      what can be advised, in the order in which it is done
    guideline    a cited document as rules and decision lists; library: which there are, and which holds when
    evaluate     which rules hold, over a table; resolve: from the rules that hold to the actions, joined
    advise       one patient; table: a table of states; advice: what comes out
    history      what was given so far, from the therapies
    doses, monitoring, workup, findings, sepsis    each a part with its own data

What is known of a patient only ever adds to this: unknown stays unknown, and an action that depends on it is
called possible, not told.
"""
