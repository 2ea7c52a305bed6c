# The only way targets are made.

# vffn_module(NAME SOURCES a.cc ... [PUBLIC targets...] [PRIVATE targets...] [TORCH | BARE])
# A static library vffn_NAME, alias vffn::NAME. TORCH: it may include LibTorch's headers; without TORCH a module cannot.
# BARE: it uses neither LibTorch nor JSON, and so no precompiled header.
function(vffn_module NAME)
  cmake_parse_arguments(ARG "TORCH;BARE" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(vffn_${NAME} STATIC ${ARG_SOURCES})
  add_library(vffn::${NAME} ALIAS vffn_${NAME})
  target_include_directories(vffn_${NAME} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(vffn_${NAME} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} vffn_options)
  if(ARG_TORCH)
    target_link_libraries(vffn_${NAME} PRIVATE vffn_torch)
    vffn_use_torch_header(vffn_${NAME})
  elseif(NOT ARG_BARE)
    vffn_use_json_header(vffn_${NAME})
  endif()
endfunction()

# vffn_test(NAME SOURCES a_test.cc ... [DEPENDS targets...] [TORCH])
# One GoogleTest program NAME_test; ctest sees every test in it.
function(vffn_test NAME)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${NAME}_test ${ARG_SOURCES})
  target_include_directories(${NAME}_test PRIVATE "${CMAKE_SOURCE_DIR}")
  target_compile_definitions(${NAME}_test PRIVATE
    VFFN_TESTS_DIR="${VFFN_TESTS_DIR}" VFFN_SETUP_DIR="${VFFN_SETUP_DIR}")
  target_link_libraries(${NAME}_test PRIVATE ${ARG_DEPENDS} vffn_options GTest::gmock GTest::gtest_main)
  if(ARG_TORCH)
    target_link_libraries(${NAME}_test PRIVATE vffn_torch)
    vffn_use_torch_header(${NAME}_test)
    vffn_build_quickly(${NAME}_test)
  else()
    # Tests spend their time in the libraries.
    set(_unoptimised "$<$<CONFIG:Release>:-O0>")
    vffn_use_header(${NAME}_test test HEADERS <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>
      LIBRARIES GTest::gmock nlohmann_json::nlohmann_json OPTIONS ${_unoptimised})
    target_compile_options(${NAME}_test PRIVATE ${_unoptimised})
  endif()
  # Tests are listed when ctest runs, not when building: building against a LibTorch that cannot run here is fine.
  # Tests run side by side: a thread that waits for another one sleeps, and does not keep a core from it.
  gtest_discover_tests(${NAME}_test NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
    PROPERTIES TIMEOUT 1800 ENVIRONMENT OMP_WAIT_POLICY=PASSIVE)
endfunction()

# Optimises less in release builds, for code whose run time does not matter (command lines, reports): it compiles in
# two thirds of the time.
function(vffn_build_quickly TARGET)
  target_compile_options(${TARGET} PRIVATE "$<$<CONFIG:Release>:-O1>")
endfunction()

# One precompiled header of that name for all targets that use it.
function(vffn_use_header TARGET NAME)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()
  endif()
  set(HEADER vffn_${NAME}_header)
  if(NOT TARGET ${HEADER})
    set(SOURCE "${CMAKE_BINARY_DIR}/${NAME}_header.cc")
    file(WRITE "${SOURCE}.new" "")
    file(COPY_FILE "${SOURCE}.new" "${SOURCE}" ONLY_IF_DIFFERENT)
    add_library(${HEADER} OBJECT "${SOURCE}")
    target_compile_options(${HEADER} PRIVATE -fPIC ${ARG_OPTIONS})
    target_link_libraries(${HEADER} PRIVATE ${ARG_LIBRARIES} vffn_options)
    target_precompile_headers(${HEADER} PRIVATE ${ARG_HEADERS})
  endif()
  target_compile_options(${TARGET} PRIVATE -fPIC)  # as the header was compiled, also for programs
  target_precompile_headers(${TARGET} REUSE_FROM ${HEADER})
endfunction()

# The standard library's larger headers and JSON.
function(vffn_use_json_header TARGET)
  vffn_use_header(${TARGET} json HEADERS <algorithm> <filesystem> <functional> <map> <memory> <nlohmann/json.hpp> <optional>
    <set> <span> <sstream> <string> <vector> LIBRARIES nlohmann_json::nlohmann_json)
endfunction()

function(vffn_use_torch_header TARGET)
  vffn_use_header(${TARGET} torch HEADERS <ATen/ATen.h> <nlohmann/json.hpp> LIBRARIES vffn_torch nlohmann_json::nlohmann_json)
endfunction()
