"""karat's random numbers, by numpy's own PCG64."""

import numpy as np

MASK = (1 << 128) - 1
# Where the numbers of permutations begin; those of resamples begin at 0.
PERMUTATIONS = 0x9E3779B97F4A7C15F39CC0605CEDC835


def generator(seed, start):
    """PCG XSL RR 128/64 of a seed, as karat begins it, at a place of its sequence."""
    bits = np.random.PCG64()
    increment = (0x0A02BDBF7BB3C0A7AC28FA16A64ABF96 << 1 | 1) & MASK
    state = ((seed + increment) * 0x2360ED051FC65DA44385DF649FCCF645 + increment) & MASK
    bits.state = {"bit_generator": "PCG64", "state": {"state": state, "inc": increment}, "has_uint32": 0, "uinteger": 0}
    return bits.advance(start & MASK)
