BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Clear-BridgeNetwork' {
    BeforeEach {
        New-BridgeNetwork used, idle1, idle2 | Out-Null
        New-BridgeNetwork test1 -Label env=test | Out-Null
        New-BridgeContainer c1 used | Out-Null
    }
    AfterEach { Clear-Lab; Get-BridgeNetwork -Type Custom | Remove-BridgeNetwork }
    AfterAll { Assert-NothingRemains }

    It 'removes unused networks, returns nothing, and leaves the rest' {
        Clear-BridgeNetwork -Force | Should -BeNullOrEmpty
        (Get-BridgeNetwork).Name | Should -Be bridge, host, none, used
        (Get-LinkName) -like 'br-*' | Should -HaveCount 1
    }

    It 'returns the removed networks with -PassThru, as its OutputType says' {
        (Get-Command Clear-BridgeNetwork).OutputType.Name | Should -Be BridgeNet.Model.BridgeNetwork
        (Clear-BridgeNetwork -Force -PassThru).Name | Should -Be idle1, idle2, test1
        Clear-BridgeNetwork -Force -PassThru | Should -BeNullOrEmpty
    }

    It 'chooses by -Label: key, key=value, and ! for those without' {
        (Clear-BridgeNetwork -Force -PassThru -Label env=prod) | Should -BeNullOrEmpty
        (Clear-BridgeNetwork -Force -PassThru -Label env).Name | Should -Be test1
        New-BridgeNetwork test1 -Label env=test | Out-Null
        (Clear-BridgeNetwork -Force -PassThru -Label '!env').Name | Should -Be idle1, idle2
        (Clear-BridgeNetwork -Force -PassThru -Label env=test).Name | Should -Be test1
    }

    It 'chooses by -OlderThan' {
        Clear-BridgeNetwork -Force -PassThru -OlderThan 1:00:00 | Should -BeNullOrEmpty
        (Clear-BridgeNetwork -Force -PassThru -OlderThan 0).Name | Should -Be idle1, idle2, test1
        { Clear-BridgeNetwork -Force -OlderThan foo } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,*'
    }

    It 'keeps a configuration as long as networks are made from it' {
        New-BridgeNetwork cfg -ConfigOnly -Subnet 10.99.0.0/16 | Out-Null
        New-BridgeNetwork from -ConfigFrom cfg | Out-Null
        New-BridgeContainer c2 from | Out-Null
        (Clear-BridgeNetwork -Force -PassThru).Name | Should -Not -Contain cfg
        Remove-BridgeNetwork from -Force
        (Clear-BridgeNetwork -Force -PassThru).Name | Should -Be cfg
    }

    It '-WhatIf removes nothing, and does not ask' {
        $before = Get-BridgeNetwork -AsJson
        Clear-BridgeNetwork -WhatIf | Should -BeNullOrEmpty
        Get-BridgeNetwork -AsJson | Should -Be $before
    }

    It 'asks unless -Confirm:$false or -Force is given: its impact is high' {
        # Nobody is there to answer in a session that is not interactive.
        $text = Invoke-Pwsh -NoProfile -NonInteractive -Command "Import-Module '$(Join-Path $PSScriptRoot .. .. BridgeNet.psd1)'; Clear-BridgeNetwork" 2>&1 | Out-String
        $text | Should -Match 'NonInteractive'
        (Get-BridgeNetwork idle*).Name | Should -Be idle1, idle2
        Clear-BridgeNetwork -Confirm:$false
        Get-BridgeNetwork idle* | Should -BeNullOrEmpty
    }

    It 'completes labels' {
        Get-Completion 'Clear-BridgeNetwork -Label e' | Should -Be 'env=test'
    }
}
