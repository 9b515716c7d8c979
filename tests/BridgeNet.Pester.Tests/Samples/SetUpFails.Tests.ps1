Describe 'Set up' {
    It 'runs before' { }
    Context 'that fails' {
        BeforeAll { throw 'no lab here' }
        It 'does not run' { }
    }
}
