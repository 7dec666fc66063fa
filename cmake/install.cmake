# make install: programs, manuals, completion and an example of the settings, below DESTDIR. What an instance needs besides
# (users, folders, certificate, systemd unit) is made by `courier setup`, which can be run again and undone.

get_property(programs GLOBAL PROPERTY COURIER_PROGRAMS)
get_property(tools GLOBAL PROPERTY COURIER_TOOLS)
# What is run and installed, without the tests.
add_custom_target(programs DEPENDS ${programs} ${tools})
if(tools)
  install(TARGETS ${tools} RUNTIME DESTINATION "${CMAKE_INSTALL_FULL_BINDIR}")
endif()
if(programs)
  install(TARGETS ${programs} RUNTIME DESTINATION "${COURIER_LIBEXEC_DIR}")
endif()
install(DIRECTORY docs/man/ DESTINATION "${CMAKE_INSTALL_FULL_MANDIR}/man1" FILES_MATCHING PATTERN "*.1")
install(DIRECTORY docs/man/ DESTINATION "${CMAKE_INSTALL_FULL_MANDIR}/man5" FILES_MATCHING PATTERN "*.5")
install(FILES docs/completion/courier.bash DESTINATION "${CMAKE_INSTALL_FULL_DATADIR}/bash-completion/completions" RENAME courier OPTIONAL)
install(FILES docs/completion/courier.zsh DESTINATION "${CMAKE_INSTALL_FULL_DATADIR}/zsh/site-functions" RENAME _courier OPTIONAL)
install(FILES docs/completion/courier.fish DESTINATION "${CMAKE_INSTALL_FULL_DATADIR}/fish/vendor_completions.d" OPTIONAL)
install(FILES docs/courier.toml.example DESTINATION "${COURIER_CONFIG_DIR}" OPTIONAL)
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_FULL_DOCDIR}" FILES_MATCHING PATTERN "*.md"
        PATTERN man EXCLUDE PATTERN completion EXCLUDE PATTERN PLAN.md EXCLUDE)
install(FILES LICENSE README.md DESTINATION "${CMAKE_INSTALL_FULL_DOCDIR}" OPTIONAL)
