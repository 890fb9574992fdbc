# The kernels: every file of ops/cpu/kernels once per instruction-set level, with that level's flags. MILLET_ISA names
# the namespace. ops/cpu/isa.cc chooses a level's table when the program runs.
file(GLOB MILLET_KERNELS CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/millet/ops/cpu/kernels/*.cc)

function(add_kernels level)
  add_library(millet_kernels_v${level} OBJECT ${MILLET_KERNELS})
  target_include_directories(millet_kernels_v${level} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(millet_kernels_v${level} PRIVATE MILLET_ISA=v${level} MILLET_ISA_LEVEL=${level}
                                                              MILLET_TABLE=table_v${level})
  target_compile_options(millet_kernels_v${level} PRIVATE ${ARGN})
  set_target_properties(millet_kernels_v${level} PROPERTIES UNITY_BUILD OFF)  # each is optimised on its own
  target_sources(millet_library PRIVATE $<TARGET_OBJECTS:millet_kernels_v${level}>)
endfunction()

add_kernels(2)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_kernels(3 -mavx2 -mfma)
  # gcc 12's own AVX-512 intrinsics begin with `__m512 __Y = __Y` (its bug 105593) and would warn at every use.
  add_kernels(4 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
