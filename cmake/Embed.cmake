# Files that travel inside the program.

# vffn_embed(TARGET file...): for each file a header FILE.h, to be included by its path from the root, with its
# text as `inline constexpr std::string_view kFileName` in namespace vffn (render_figures.py: kRenderFiguresPy).
function(vffn_embed TARGET)
  foreach(_file ${ARGN})
    set(_source "${CMAKE_CURRENT_SOURCE_DIR}/${_file}")
    file(RELATIVE_PATH _path "${CMAKE_SOURCE_DIR}" "${_source}")
    set(_header "${CMAKE_BINARY_DIR}/embedded/${_path}.h")
    add_custom_command(OUTPUT "${_header}"
      COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${_source}" "-DHEADER=${_header}" -P "${CMAKE_SOURCE_DIR}/cmake/EmbedFile.cmake"
      DEPENDS "${_source}" "${CMAKE_SOURCE_DIR}/cmake/EmbedFile.cmake" VERBATIM)
    target_sources(${TARGET} PRIVATE "${_header}")
  endforeach()
  target_include_directories(${TARGET} PUBLIC "${CMAKE_BINARY_DIR}/embedded")
endfunction()
