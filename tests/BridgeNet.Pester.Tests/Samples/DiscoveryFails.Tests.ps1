Describe 'Discovery' {
    It 'is found first' { }
    throw 'not to be discovered'
}
