Describe 'Outcomes' {
    It 'passes' { 1 | Should -Be 1 }
    It 'fails' { 1 | Should -Be 2 -Because 'a sample has to' }
    It 'skips itself' { Set-ItResult -Skipped -Because 'there is nothing to test' }
    It 'is skipped' -Skip { }
    It 'counts <_>' -ForEach 1, 2 { $_ | Should -BeGreaterThan 0 }
    It 'prints "quotes", ünïcode and <n>' -ForEach @(@{ n = 'a line' }) { $n | Should -Be 'a line' }
}
