BeforeAll { throw 'no file lab here' }
Describe 'A file that fails to set up' {
    It 'does not run' { }
}
