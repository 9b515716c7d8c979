BeforeAll {
    . $PSScriptRoot/Lab.ps1
    if (-not (Get-Command ip -ErrorAction Ignore)) { throw 'These tests break networks with ip (iproute2).' }
}

Describe 'Test-BridgeNetwork' {
    BeforeEach {
        New-BridgeNetwork web1, web2 | Out-Null
        New-BridgeContainer c1 web1 | Out-Null
        $bridge = (Get-BridgeNetwork web1).BridgeName
    }
    AfterEach { Clear-Lab }
    AfterAll { Assert-NothingRemains }

    It 'is a bool: true if there is no drift' {
        Test-BridgeNetwork | Should -BeOfType bool
        Test-BridgeNetwork | Should -BeTrue
        ip link set $bridge mtu 1400
        Test-BridgeNetwork | Should -BeFalse
    }

    It 'is true where there is nothing' {
        Clear-Lab
        Test-BridgeNetwork | Should -BeTrue
        Test-BridgeNetwork -Detailed | Should -BeNullOrEmpty
    }

    It 'changes nothing' {
        ip link set $bridge down
        $before = Get-Remains; $links = ip -o link
        Test-BridgeNetwork | Out-Null
        Test-BridgeNetwork -Detailed | Out-Null
        Get-Remains | Should -Be $before
        ip -o link | Should -Be $links
    }

    It '-Detailed returns an object for each difference, or nothing' {
        Test-BridgeNetwork -Detailed | Should -BeNullOrEmpty
        ip link set $bridge mtu 1400
        ip link set (Get-BridgeEndpoint).HostInterface down
        $drift = Test-BridgeNetwork -Detailed
        $drift | Should -HaveCount 2
        $drift | Should -BeOfType BridgeNet.Model.BridgeDrift
        $drift[0].NetworkName | Should -Be web1
        $drift[0].ContainerName | Should -Be ''
        $drift[0].Kind | Should -Be Link
        $drift[0].Object | Should -Be $bridge
        $drift[0].Expected | Should -Be 'mtu 1500'
        $drift[0].Actual | Should -Be 'mtu 1400'
        $drift[0].Repair | Should -Be "ip link set $bridge mtu 1500"
        $drift[0].Repairable | Should -BeTrue
        "$($drift[0])" | Should -Be "${bridge}: mtu 1400, not mtu 1500"
        $drift[1].ContainerName | Should -Be c1
    }

    It 'looks at chosen networks, by name, wildcard, prefix of an id, and from the pipeline' {
        ip link set $bridge mtu 1400
        Test-BridgeNetwork web1 | Should -BeFalse
        Test-BridgeNetwork web2 | Should -BeTrue
        Test-BridgeNetwork w* | Should -BeFalse
        Test-BridgeNetwork (Get-BridgeNetwork web2).ShortId | Should -BeTrue
        'web2' | Test-BridgeNetwork | Should -BeTrue
        Get-BridgeNetwork web1, web2 | Test-BridgeNetwork | Should -BeFalse
        Get-BridgeNetwork web* | Test-BridgeNetwork -Detailed | Should -HaveCount 1
    }

    It 'refuses a network that is not there, and says nothing for a wildcard that matches none' {
        { Test-BridgeNetwork nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkNotFound,BridgeNet.Commands.TestBridgeNetworkCommand'
        Test-BridgeNetwork nosuch* | Should -BeNullOrEmpty
    }

    It 'shows differences as a table' {
        ip link set $bridge mtu 1400
        $lines = @(Test-BridgeNetwork -Detailed | Show)
        $lines[0] | Should -Match '^NETWORK +CONTAINER +KIND +OBJECT +EXPECTED +ACTUAL *$'
        $lines | Should -HaveCount 3
        $lines[2] | Should -Match "^web1 +Link +$bridge +mtu 1500 +mtu 1400 *$"
    }

    It 'shows how each is repaired in a list' {
        ip link set $bridge mtu 1400
        Test-BridgeNetwork -Detailed | Format-List | Show | Should -Contain "Repair        : ip link set $bridge mtu 1500"
    }

    It 'sees rules that were flushed' {
        if ($env:BRIDGENET_FIREWALL -eq 'iptables') { iptables -F } else {
            if (-not (Get-Command nft -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'nft is not installed' }
            nft flush ruleset
        }
        Test-BridgeNetwork | Should -BeFalse
        (Test-BridgeNetwork -Detailed).Kind | Sort-Object -Unique | Should -Be Rule
    }

    It 'completes names' {
        Get-Completion 'Test-BridgeNetwork w' | Should -Be web1, web2
    }
}
