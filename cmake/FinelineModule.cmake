# One static library per module, its unit tests beside the sources (x.cpp, x.h, x_test.cpp).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(fineline_flags INTERFACE)
target_include_directories(fineline_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(fineline_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-qual -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(fineline_flags INTERFACE -Wduplicated-cond -Wlogical-op -Wuseless-cast)
  # g++ 12 warns of overlapping copies inside std::string::operator+ at -O2 (GCC bug 105651).
  target_compile_options(fineline_flags INTERFACE -Wno-restrict)
endif()
if(FINELINE_STRICT)
  target_compile_options(fineline_flags INTERFACE -Werror)
endif()

# fineline_module(NAME [USES module…] [LIBS library…]): src/NAME/**.cpp as fineline_NAME.
# USES is transitive; tests/tidy checks it and the includes against the table in docs/architecture.md.
function(fineline_module name)
  cmake_parse_arguments(ARG "" "" "USES;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM ARG_USES PREPEND fineline_ OUTPUT_VARIABLE modules)
  if(NOT sources)
    add_library(fineline_${name} INTERFACE)
    target_link_libraries(fineline_${name} INTERFACE fineline_flags ${modules} ${ARG_LIBS})
    return()
  endif()
  add_library(fineline_${name} STATIC ${sources})
  target_link_libraries(fineline_${name} PUBLIC fineline_flags ${modules} PRIVATE ${ARG_LIBS})
  if(FINELINE_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE fineline_${name} GTest::gtest GTest::gtest_main ${ARG_LIBS})
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS fast)
  endif()
endfunction()
