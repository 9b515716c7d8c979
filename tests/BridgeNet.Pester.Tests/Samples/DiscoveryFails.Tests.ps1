Describe 'Discovery' {
    throw 'not to be discovered'
    It 'is never found' { }
}
