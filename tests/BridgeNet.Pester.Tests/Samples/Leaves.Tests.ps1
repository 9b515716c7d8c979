Describe 'A file that leaves a program behind' {
    # It holds the output of pwsh open; the runner does not wait for that.
    It 'passes' { Start-Process sleep 60 }
}
