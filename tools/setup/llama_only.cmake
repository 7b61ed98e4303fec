# Read by CMake at llama.cpp's `project()` (CMAKE_PROJECT_<name>_INCLUDE).
# llama-cpp-python insists on llama.cpp's helper library for its command line programs, which
# nothing in the Python package calls. A plain variable hides the option that it forces.
set(LLAMA_BUILD_COMMON OFF)
