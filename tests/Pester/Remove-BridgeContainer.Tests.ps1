BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Remove-BridgeContainer' {
    BeforeAll { New-BridgeNetwork n1, n2 | Out-Null }
    BeforeEach { New-BridgeContainer web1, web2, db n1 | Out-Null }
    AfterEach { Get-BridgeContainer | Remove-BridgeContainer }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns nothing, and removes namespace, endpoints and links' {
        Connect-BridgeNetwork n2 db | Out-Null
        $container = Get-BridgeContainer db
        Remove-BridgeContainer db | Should -BeNullOrEmpty
        $container.NetNSPath | Should -Not -Exist
        $container.Endpoints | Should -HaveCount 2
        foreach ($endpoint in $container.Endpoints) { Get-LinkName | Should -Not -Contain $endpoint.HostInterface }
        Get-BridgeEndpoint n2 | Should -BeNullOrEmpty
    }

    It 'accepts several names, wildcards and prefixes of ids' {
        Remove-BridgeContainer web*, (Get-BridgeContainer db).ShortId
        Get-BridgeContainer | Should -BeNullOrEmpty
    }

    It 'accepts names by value, and containers by property name' {
        'web1' | Remove-BridgeContainer
        Get-BridgeContainer web2 | Remove-BridgeContainer
        [pscustomobject]@{ Name = 'db' } | Remove-BridgeContainer
        Get-BridgeContainer | Should -BeNullOrEmpty
    }

    It '-WhatIf changes nothing' {
        Get-BridgeContainer | Remove-BridgeContainer -WhatIf
        Get-BridgeContainer | Should -HaveCount 3
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            Remove-BridgeContainer db -Confirm:$false
        }
        Get-BridgeContainer db* | Should -BeNullOrEmpty
    }

    It '-Verbose prints the equivalent commands' {
        (Remove-BridgeContainer db -Verbose 4>&1).Message -match '^(ip netns delete db|umount \S*/db;)' | Should -HaveCount 1
    }

    It 'reports a missing container, and removes the others' {
        Remove-BridgeContainer nosuch, db -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be 'ContainerNotFound,BridgeNet.Commands.RemoveBridgeContainerCommand'
        Get-BridgeContainer db* | Should -BeNullOrEmpty
        { Remove-BridgeContainer nosuch* -ErrorAction Stop } | Should -Not -Throw
    }

    It 'removes dead containers' {
        $stranger = Start-Stranger
        Connect-BridgeNetwork n1 -ProcessId $stranger.Id -Container stranger | Out-Null
        $stranger | Stop-Process -PassThru | Wait-Process
        Remove-BridgeContainer stranger
        Get-BridgeContainer stranger* | Should -BeNullOrEmpty
    }

    It 'completes names' {
        Get-Completion 'Remove-BridgeContainer w' | Should -Be web1, web2
    }
}
