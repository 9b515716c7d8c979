Describe 'Tear down' {
    AfterAll { throw 'something is left' }
    It 'passes all the same' { }
}
