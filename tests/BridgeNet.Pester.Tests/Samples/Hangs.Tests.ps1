Describe 'A file that does not end' {
    It 'passes first' { }
    It 'hangs' { Start-Sleep 1000 }
}
