// Loops over many weights, compiled for the vectors that a processor has.
#pragma once

/// Before a function: it is compiled for AVX2, too, and the program chooses when it starts. Its results must
/// not depend on the choice.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__has_attribute) && \
    !defined(__SANITIZE_ADDRESS__)
#if __has_attribute(target_clones)
#define VFFN_VECTOR_VERSIONS __attribute__((target_clones("default", "avx2")))
#endif
#endif
#ifndef VFFN_VECTOR_VERSIONS
#define VFFN_VECTOR_VERSIONS
#endif
