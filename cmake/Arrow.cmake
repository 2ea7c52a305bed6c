# Arrow and Parquet from the pyarrow wheel, which ships headers and libraries but no CMake package.
# Looked for in CMAKE_PREFIX_PATH (a pyarrow or site-packages folder, an Arrow installation), then in VFFN_SETUP_DIR.
if(DEFINED ARROW_INCLUDE_DIR AND NOT EXISTS "${ARROW_INCLUDE_DIR}")
  unset(ARROW_INCLUDE_DIR CACHE)
endif()
file(GLOB _setup_arrow "${VFFN_SETUP_DIR}/venv/lib/python3*/site-packages/pyarrow")
find_path(ARROW_INCLUDE_DIR arrow/api.h HINTS ${CMAKE_PREFIX_PATH} PATHS ${_setup_arrow}
  PATH_SUFFIXES include pyarrow/include)
if(NOT ARROW_INCLUDE_DIR)
  message(FATAL_ERROR "Arrow was not found. Run `make setup`, give the pyarrow wheel's folder "
    "(-DCMAKE_PREFIX_PATH=.../site-packages/pyarrow), or build without it (-DVFFN_WITH_ARROW=OFF: JSONL only).")
endif()
get_filename_component(_arrow_root "${ARROW_INCLUDE_DIR}" DIRECTORY)
foreach(_library arrow parquet)
  # The wheel has no unversioned name: libarrow.so.2600 beside the headers.
  file(GLOB _file "${_arrow_root}/lib${_library}.so.[0-9]*" "${_arrow_root}/lib/lib${_library}.so"
       "${_arrow_root}/lib/*/lib${_library}.so")
  if(NOT _file)
    message(FATAL_ERROR "Arrow's headers are in ${ARROW_INCLUDE_DIR}, but lib${_library}.so is not in ${_arrow_root}. "
      "Give a whole pyarrow wheel, or build without Arrow (-DVFFN_WITH_ARROW=OFF).")
  endif()
  list(GET _file 0 _file)
  add_library(Arrow::${_library} SHARED IMPORTED)
  set_target_properties(Arrow::${_library} PROPERTIES IMPORTED_LOCATION "${_file}")
  target_include_directories(Arrow::${_library} SYSTEM INTERFACE "${ARROW_INCLUDE_DIR}")
endforeach()
message(STATUS "Arrow in ${_arrow_root}")
