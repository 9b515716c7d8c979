Describe 'Not closed' {
    It 'is never read' { }
