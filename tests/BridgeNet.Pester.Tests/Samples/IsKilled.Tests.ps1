Describe 'A file whose process is killed' {
    It 'passes first' { Write-Host 'the last words' }
    It 'is killed' { Stop-Process -Id $PID -Force }
}
