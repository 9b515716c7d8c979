BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Disconnect-BridgeNetwork' {
    BeforeAll { New-BridgeNetwork n1, n2 | Out-Null }
    BeforeEach {
        New-BridgeContainer c1, c2 n1 | Out-Null
        Get-BridgeContainer | Connect-BridgeNetwork n2 | Out-Null
    }
    AfterEach { Get-BridgeContainer | Remove-BridgeContainer }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns nothing, and removes the veth pair' {
        $endpoint = Get-BridgeEndpoint n2 -Container c1
        Disconnect-BridgeNetwork n2 c1 | Should -BeNullOrEmpty
        Get-LinkName | Should -Not -Contain $endpoint.HostInterface
        (Get-BridgeContainer c1).Networks | Should -Be n1
    }

    It 'accepts containers by value and by property name' {
        'c1' | Disconnect-BridgeNetwork n2
        Get-BridgeContainer c2 | Disconnect-BridgeNetwork n2
        Get-BridgeEndpoint n2 | Should -BeNullOrEmpty
    }

    It 'accepts endpoints of any network' {
        Get-BridgeEndpoint | Disconnect-BridgeNetwork
        Get-BridgeEndpoint | Should -BeNullOrEmpty
    }

    It 'finds both by prefixes of their ids' {
        Disconnect-BridgeNetwork (Get-BridgeNetwork n2).ShortId (Get-BridgeContainer c1).ShortId
        (Get-BridgeEndpoint n2).ContainerName | Should -Be c2
    }

    It '-WhatIf changes nothing' {
        Get-BridgeEndpoint | Disconnect-BridgeNetwork -WhatIf
        Get-BridgeEndpoint | Should -HaveCount 4
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            Disconnect-BridgeNetwork n2 c1 -Confirm:$false
        }
        (Get-BridgeEndpoint n2).ContainerName | Should -Be c2
    }

    It '-Verbose says ip link delete' {
        $link = (Get-BridgeEndpoint n2 -Container c1).HostInterface
        (Disconnect-BridgeNetwork n2 c1 -Verbose 4>&1).Message | Should -Contain "ip link delete $link"
    }

    It 'refuses <command> with <id>' -ForEach @(
        @{ command = 'Disconnect-BridgeNetwork nosuch c1'; id = 'NetworkNotFound' }
        @{ command = 'Disconnect-BridgeNetwork n1 nosuch'; id = 'ContainerNotFound' }
        @{ command = 'Disconnect-BridgeNetwork bridge c1'; id = 'NotConnected' }
    ) {
        { Invoke-Expression "$command -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.DisconnectBridgeNetworkCommand"
        Get-BridgeEndpoint | Should -HaveCount 4
    }

    It 'completes networks and containers' {
        Get-Completion 'Disconnect-BridgeNetwork n' | Should -Be n1, n2, none
        Get-Completion 'Disconnect-BridgeNetwork n1 c' | Should -Be c1, c2
    }

    It '-Force ignores a missing or unconnected object, with and without -WhatIf' {
        { Disconnect-BridgeNetwork bridge c1 -Force -ErrorAction Stop } | Should -Not -Throw
        { Disconnect-BridgeNetwork n1 nosuch -Force -WhatIf -ErrorAction Stop } | Should -Not -Throw
        { Disconnect-BridgeNetwork nosuch c1 -Force -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkNotFound,*'
        Get-BridgeEndpoint | Should -HaveCount 4
    }
}
