BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Remove-BridgeNetwork' {
    BeforeEach { New-BridgeNetwork web1, web2, db | Out-Null }
    AfterEach { Clear-Lab }
    AfterAll { Assert-NothingRemains }

    It 'returns nothing, and removes the bridge' {
        $network = Get-BridgeNetwork db
        Remove-BridgeNetwork db | Should -BeNullOrEmpty
        Get-LinkName | Should -Not -Contain $network.BridgeName
        Get-BridgeNetwork db* | Should -BeNullOrEmpty
    }

    It 'accepts several names, wildcards and prefixes of ids' {
        Remove-BridgeNetwork web*, (Get-BridgeNetwork db).ShortId
        Get-BridgeNetwork | Where-Object BridgeName | Should -BeNullOrEmpty
    }

    It 'accepts names by value, and networks by property name' {
        'web1' | Remove-BridgeNetwork
        Get-BridgeNetwork web2 | Remove-BridgeNetwork
        [pscustomobject]@{ Name = 'db' } | Remove-BridgeNetwork
        Get-BridgeNetwork | Where-Object BridgeName | Should -BeNullOrEmpty
    }

    It 'removes a network that is named twice once' {
        Remove-BridgeNetwork db, d*, db
        Get-BridgeNetwork db* | Should -BeNullOrEmpty
    }

    It '-WhatIf changes nothing' {
        Get-BridgeNetwork web*, db | Remove-BridgeNetwork -WhatIf
        Get-BridgeNetwork web*, db | Should -HaveCount 3
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            Remove-BridgeNetwork db -Confirm:$false
        }
        Get-BridgeNetwork db* | Should -BeNullOrEmpty
    }

    It '-Verbose says ip link delete' {
        $bridge = (Get-BridgeNetwork db).BridgeName
        (Remove-BridgeNetwork db -Verbose 4>&1).Message | Should -Contain "ip link delete $bridge"
    }

    It 'refuses <name> with <id>' -ForEach @(
        @{ name = 'nosuch'; id = 'NetworkNotFound' }, @{ name = 'bridge'; id = 'PredefinedNetwork' }
        @{ name = 'host'; id = 'PredefinedNetwork' }, @{ name = 'none'; id = 'PredefinedNetwork' }
    ) {
        { Remove-BridgeNetwork $name -ErrorAction Stop } | Should -Throw -ErrorId "$id,BridgeNet.Commands.RemoveBridgeNetworkCommand"
    }

    It 'refuses one in use, names the containers, and removes the others' {
        New-BridgeContainer c1, c2 web1 | Out-Null
        Remove-BridgeNetwork web1, nosuch, db -ErrorVariable problems -ErrorAction SilentlyContinue
        # What is not there is told at once, what is refused with the change.
        $problems.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be NetworkNotFound, NetworkInUse
        $problems[1].Exception.Message | Should -Match 'c1, c2'
        $problems[1].CategoryInfo.Category | Should -Be ResourceBusy
        (Get-BridgeNetwork | Where-Object BridgeName).Name | Should -Be web1, web2
    }

    It '-Force disconnects the containers; they stay' {
        New-BridgeContainer c1, c2 web1 | Out-Null
        Remove-BridgeNetwork web1 -Force
        (Get-BridgeContainer).Name | Should -Be c1, c2
        Get-BridgeEndpoint | Should -BeNullOrEmpty
    }

    It '-Force does not complain about a network that is not there, as docker network rm -f does not' {
        { Remove-BridgeNetwork nosuch, db -Force -ErrorAction Stop } | Should -Not -Throw
        Get-BridgeNetwork db* | Should -BeNullOrEmpty
        { Remove-BridgeNetwork bridge -Force -ErrorAction Stop } | Should -Throw -ErrorId 'PredefinedNetwork,*'
    }

    It 'a wildcard that matches nothing is no error' {
        { Remove-BridgeNetwork nosuch* -ErrorAction Stop } | Should -Not -Throw
    }

    It 'removes all but the predefined networks for *' {
        Remove-BridgeNetwork * -ErrorAction Stop
        (Get-BridgeNetwork).Name | Should -Be bridge, host, none
    }

    It 'completes names' {
        Get-Completion 'Remove-BridgeNetwork w' | Should -Be web1, web2
    }
}
