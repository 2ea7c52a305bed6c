# LibTorch as an imported target of our own, vffn_torch. The CMake package inside the wheels is not used:
# in the CUDA wheel it stops without a CUDA toolkit, which building vffn does not need.
# Looked for in CMAKE_PREFIX_PATH (a LibTorch, torch or site-packages folder), then in VFFN_SETUP_DIR.

set(VFFN_CUDA "AUTO" CACHE STRING
    "Link LibTorch's CUDA part: ON, OFF, or AUTO (when it is there and the CUDA libraries it needs are too)")
set_property(CACHE VFFN_CUDA PROPERTY STRINGS AUTO ON OFF)

# A path found earlier may be gone (another Python in the virtual environment): look again.
foreach(_found TORCH_INCLUDE_DIR TORCH_CPU_LIBRARY)
  if(DEFINED ${_found} AND NOT EXISTS "${${_found}}")
    unset(${_found} CACHE)
  endif()
endforeach()
file(GLOB _setup_torch "${VFFN_SETUP_DIR}/venv/lib/python3*/site-packages/torch")
find_path(TORCH_INCLUDE_DIR ATen/ATen.h HINTS ${CMAKE_PREFIX_PATH} PATHS ${_setup_torch} PATH_SUFFIXES include torch/include
  NO_CMAKE_SYSTEM_PATH NO_SYSTEM_ENVIRONMENT_PATH)
find_library(TORCH_CPU_LIBRARY torch_cpu HINTS ${CMAKE_PREFIX_PATH} PATHS ${_setup_torch} PATH_SUFFIXES lib torch/lib
  NO_CMAKE_SYSTEM_PATH NO_SYSTEM_ENVIRONMENT_PATH)
if(NOT TORCH_INCLUDE_DIR OR NOT TORCH_CPU_LIBRARY)
  message(FATAL_ERROR "LibTorch was not found. Run `make setup`, or give its folder: "
    "-DCMAKE_PREFIX_PATH=/path/to/libtorch (or .../site-packages/torch).")
endif()
get_filename_component(TORCH_LIB_DIR "${TORCH_CPU_LIBRARY}" DIRECTORY)

# The version, for the record: the header has moved between releases.
set(TORCH_VERSION "of unknown version")
foreach(_header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
  if(EXISTS "${TORCH_INCLUDE_DIR}/${_header}")
    file(STRINGS "${TORCH_INCLUDE_DIR}/${_header}" _lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    if(_lines)
      string(REGEX REPLACE "[^0-9;]" "" TORCH_VERSION "${_lines}")
      string(REPLACE ";" "." TORCH_VERSION "${TORCH_VERSION}")
      break()
    endif()
  endif()
endforeach()

# The CUDA part (libtorch_cuda) cannot be loaded without cuBLAS and its companions: beside it in a LibTorch
# archive, in the nvidia wheels next to the torch wheel, or in a CUDA toolkit.
set(VFFN_TORCH_CUDA OFF)
if(EXISTS "${TORCH_LIB_DIR}/libtorch_cuda.so" AND VFFN_CUDA)
  file(GLOB _cublas "${TORCH_LIB_DIR}/libcublas*.so*" "${TORCH_LIB_DIR}/../../nvidia/*/lib/libcublas.so*"
       "/usr/local/cuda*/lib64/libcublas.so*" "/usr/lib/*-linux-gnu/libcublas.so*")
  if(_cublas OR NOT VFFN_CUDA STREQUAL "AUTO")
    set(VFFN_TORCH_CUDA ON)
  else()
    message(STATUS "LibTorch is a CUDA build, but the CUDA libraries it needs are not installed: CPU only "
      "(-DVFFN_CUDA=ON links the CUDA part all the same)")
  endif()
elseif(VFFN_CUDA STREQUAL "ON")
  message(FATAL_ERROR "VFFN_CUDA=ON, but ${TORCH_LIB_DIR} has no libtorch_cuda.so: this is LibTorch's CPU build.")
endif()
if(VFFN_TORCH_CUDA)
  set(_torch_libraries "${TORCH_LIB_DIR}/libtorch.so" "${TORCH_CPU_LIBRARY}" "${TORCH_LIB_DIR}/libc10.so"
      "${TORCH_LIB_DIR}/libtorch_cuda.so" "${TORCH_LIB_DIR}/libc10_cuda.so")
else()
  # libtorch.so is an empty shell that names the others, in a CUDA build the CUDA part too.
  set(_torch_libraries "${TORCH_CPU_LIBRARY}" "${TORCH_LIB_DIR}/libc10.so")
endif()
message(STATUS "LibTorch ${TORCH_VERSION} (CUDA: ${VFFN_TORCH_CUDA}) in ${TORCH_LIB_DIR}")

add_library(vffn_torch INTERFACE)
target_include_directories(vffn_torch SYSTEM INTERFACE
  "${TORCH_INCLUDE_DIR}" "${TORCH_INCLUDE_DIR}/torch/csrc/api/include")
target_compile_definitions(vffn_torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
# --no-as-needed: the CUDA part is found by registration, not by symbol. The libraries name others (libcudart, ...)
# that their own RUNPATH finds at run time: not our link's business.
target_link_libraries(vffn_torch INTERFACE
  -Wl,--no-as-needed ${_torch_libraries} -Wl,--as-needed -Wl,--unresolved-symbols=ignore-in-shared-libs
  "-Wl,-rpath,${TORCH_LIB_DIR}")

# The headers of CUDA and NCCL, for training on several GPUs: in the nvidia wheels next to the torch wheel or in a CUDA
# toolkit. VFFN_NCCL says whether c10d's header for NCCL compiles with them.
set(VFFN_NCCL OFF)
if(VFFN_TORCH_CUDA)
  file(GLOB _nvidia_includes "${TORCH_LIB_DIR}/../../nvidia/*/include")
  find_path(CUDA_INCLUDE_DIR cuda_runtime_api.h PATHS ${_nvidia_includes} /usr/local/cuda/include)
  find_path(NCCL_INCLUDE_DIR nccl.h PATHS ${_nvidia_includes} /usr/local/cuda/include)
  if(CUDA_INCLUDE_DIR AND NCCL_INCLUDE_DIR)
    include(CheckCXXSourceCompiles)
    include(CMakePushCheckState)
    cmake_push_check_state(RESET)
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    set(CMAKE_REQUIRED_FLAGS "-std=c++20")
    set(CMAKE_REQUIRED_DEFINITIONS -DUSE_C10D_NCCL)
    set(CMAKE_REQUIRED_INCLUDES "${TORCH_INCLUDE_DIR}" "${TORCH_INCLUDE_DIR}/torch/csrc/api/include"
      "${CUDA_INCLUDE_DIR}" "${NCCL_INCLUDE_DIR}")
    check_cxx_source_compiles("#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>" VFFN_NCCL_COMPILES)
    unset(CMAKE_TRY_COMPILE_TARGET_TYPE)
    cmake_pop_check_state()
    set(VFFN_NCCL ${VFFN_NCCL_COMPILES})
  endif()
  message(STATUS "NCCL, for training on several GPUs: ${VFFN_NCCL}")
endif()
