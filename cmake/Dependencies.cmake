# Every outside library, and what to do when it is missing.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # The sloppiness is what ccache asks for before it serves files that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()

# Warnings, sanitizers: one set for every target.
add_library(vffn_options INTERFACE)
target_compile_options(vffn_options INTERFACE -Wall -Wextra -Wno-missing-field-initializers)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC takes a source file that another one includes for a header, whose classes should not have members of local types.
  target_compile_options(vffn_options INTERFACE -Wno-subobject-linkage)
endif()
if(CCACHE_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  target_compile_options(vffn_options INTERFACE -fpch-preprocess)  # for ccache, too
endif()
if(VFFN_SANITIZE)
  target_compile_options(vffn_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(vffn_options INTERFACE -fsanitize=address,undefined)
endif()

find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc)
find_package(Boost 1.74 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
# SentencePiece's pkg-config file also asks for the library that trains models.
find_path(SENTENCEPIECE_INCLUDE_DIR sentencepiece_processor.h REQUIRED)
find_library(SENTENCEPIECE_LIBRARY sentencepiece REQUIRED)
add_library(SentencePiece::SentencePiece UNKNOWN IMPORTED)
set_target_properties(SentencePiece::SentencePiece PROPERTIES IMPORTED_LOCATION "${SENTENCEPIECE_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${SENTENCEPIECE_INCLUDE_DIR}")
pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo)
# Pango's flags contain -pthread. It defines a macro with which the shared precompiled header cannot be used, and
# Threads::Threads links what is needed.
get_target_property(_pango_options PkgConfig::PANGO INTERFACE_COMPILE_OPTIONS)
list(REMOVE_ITEM _pango_options -pthread)
set_target_properties(PkgConfig::PANGO PROPERTIES INTERFACE_COMPILE_OPTIONS "${_pango_options}")
include(Torch)
if(VFFN_WITH_ARROW)
  include(Arrow)
endif()
if(VFFN_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
