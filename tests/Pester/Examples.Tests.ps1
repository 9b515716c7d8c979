BeforeDiscovery {
    $examples = Get-ChildItem (Join-Path $PSScriptRoot ../../examples) -Filter *.ps1 | Where-Object Name -ne Expect.ps1 | ForEach-Object { @{ Name = $_.BaseName; Path = $_.FullName } }
}

BeforeAll {
    . $PSScriptRoot/Lab.ps1
}

Describe 'The examples' {
    AfterEach { Clear-Lab }
    AfterAll { Assert-NothingRemains }

    It 'are six at least' { (Get-ChildItem (Join-Path $PSScriptRoot ../../examples) -Filter *.ps1).Count | Should -BeGreaterThan 6 }

    It '<Name> succeeds' -ForEach $examples {
        $lines = & $Path *>&1 | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $lines
        $lines | Should -BeLike '*All as expected.*'
        $lines | Should -Not -BeLikeExactly '*FAILED*'
    }
}
