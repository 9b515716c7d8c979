Describe 'A file that exits' {
    It 'passes first' { }
    It 'exits' { [Environment]::Exit(0) }
    It 'never comes' { }
}
