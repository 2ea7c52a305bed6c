# LibTorch as an imported target of our own, vffn_torch. The CMake package inside the wheels is not used:
# in the CUDA wheel it stops without a CUDA toolkit, which building vffn does not need.
# Looked for in CMAKE_PREFIX_PATH (a LibTorch folder, or <site-packages>/torch), then in VFFN_SETUP_DIR.

file(GLOB _setup_torch "${VFFN_SETUP_DIR}/venv/lib/python3*/site-packages/torch")
find_path(TORCH_INCLUDE_DIR ATen/ATen.h HINTS ${CMAKE_PREFIX_PATH} PATHS ${_setup_torch} PATH_SUFFIXES include
  NO_CMAKE_SYSTEM_PATH NO_SYSTEM_ENVIRONMENT_PATH)
find_library(TORCH_CPU_LIBRARY torch_cpu HINTS ${CMAKE_PREFIX_PATH} PATHS ${_setup_torch} PATH_SUFFIXES lib
  NO_CMAKE_SYSTEM_PATH NO_SYSTEM_ENVIRONMENT_PATH)
if(NOT TORCH_INCLUDE_DIR OR NOT TORCH_CPU_LIBRARY)
  message(FATAL_ERROR "LibTorch was not found. Run `make setup`, or give its folder: "
    "-DCMAKE_PREFIX_PATH=/path/to/libtorch (or .../site-packages/torch).")
endif()
get_filename_component(TORCH_LIB_DIR "${TORCH_CPU_LIBRARY}" DIRECTORY)

file(STRINGS "${TORCH_INCLUDE_DIR}/torch/headeronly/version.h" _version_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
string(REGEX REPLACE "[^0-9;]" "" _version "${_version_lines}")
string(REPLACE ";" "." TORCH_VERSION "${_version}")

set(_torch_libraries "${TORCH_LIB_DIR}/libtorch.so" "${TORCH_CPU_LIBRARY}" "${TORCH_LIB_DIR}/libc10.so")
set(VFFN_TORCH_CUDA OFF)
if(EXISTS "${TORCH_LIB_DIR}/libtorch_cuda.so")
  set(VFFN_TORCH_CUDA ON)
  list(APPEND _torch_libraries "${TORCH_LIB_DIR}/libtorch_cuda.so" "${TORCH_LIB_DIR}/libc10_cuda.so")
endif()
message(STATUS "LibTorch ${TORCH_VERSION} (CUDA: ${VFFN_TORCH_CUDA}) in ${TORCH_LIB_DIR}")

add_library(vffn_torch INTERFACE)
target_include_directories(vffn_torch SYSTEM INTERFACE
  "${TORCH_INCLUDE_DIR}" "${TORCH_INCLUDE_DIR}/torch/csrc/api/include")
target_compile_definitions(vffn_torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
# The CUDA libraries name others (libcudart, ...) that their own RUNPATH finds at run time: not our link's business.
target_link_libraries(vffn_torch INTERFACE
  -Wl,--no-as-needed ${_torch_libraries} -Wl,--as-needed -Wl,--unresolved-symbols=ignore-in-shared-libs
  "-Wl,-rpath,${TORCH_LIB_DIR}")
