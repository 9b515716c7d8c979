# The lines of docs/DIFFERENCES.md that no other file runs.
BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Differences from Docker' {
    AfterEach {
        Clear-Lab
        Get-BridgeNetwork -Type Custom | Remove-BridgeNetwork
    }
    AfterAll { Assert-NothingRemains }

    It 'creates more than 31 automatic networks' {
        $networks = 1..35 | ForEach-Object { "n$_" } | New-BridgeNetwork
        ($networks.Subnet | ForEach-Object { "$_" } | Sort-Object -Unique) | Should -HaveCount 35
        "$($networks[-1].Subnet)" | Should -Match '^10\.\d+\.\d+\.0/24$'
    }

    It 'uses a freed subnet at once' {
        $first = "$((New-BridgeNetwork a).Subnet)"
        Remove-BridgeNetwork a
        "$((New-BridgeNetwork b).Subnet)" | Should -Be $first
    }

    It 'keeps clear of routes by a gateway, and has the MTU of the default route' {
        if (-not (Get-Command ip -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'ip is not installed' }
        try {
            ip link add brx type bridge
            ip address add 192.0.2.2/24 dev brx
            ip link set brx mtu 1400 up
            ip route add default via 192.0.2.1 dev brx
            ip route add 172.17.5.0/24 via 192.0.2.1 dev brx
            $network = New-BridgeNetwork a
            "$($network.Subnet) $($network.Mtu)" | Should -Be '172.18.0.0/16 1400'
            { New-BridgeNetwork b -Subnet 192.0.2.0/24 -ErrorAction Stop } | Should -Throw '*brx*' -ErrorId 'SubnetOverlaps,*'
        }
        finally { ip link delete brx }
    }

    It 'always shows the gateway, and enables IPv6 for an IPv6 subnet' {
        $network = New-BridgeNetwork a -Subnet 10.50.0.0/16, 2001:db8:1::/64
        "$($network.Gateway) $($network.EnableIPv6)" | Should -Be '10.50.0.1 True'
    }

    It 'sets no policy' {
        if ($env:BRIDGENET_FIREWALL -ne 'iptables') { Set-ItResult -Skipped -Because "the backend is $env:BRIDGENET_FIREWALL" }
        New-BridgeNetwork a | Out-Null
        (iptables -S FORWARD)[0] | Should -Be '-P FORWARD ACCEPT'
    }

    It 'lists containers of host and none on no network' {
        New-BridgeContainer h host | Out-Null
        New-BridgeContainer n none | Out-Null
        (Get-BridgeContainer).Networks | Should -BeNullOrEmpty
        (Get-BridgeNetwork host, none).Containers | Should -BeNullOrEmpty
    }

    It 'reuses the lowest free ethN, and assigns the next address before a freed one' {
        New-BridgeNetwork a -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeContainer c1 a | Out-Null
        Disconnect-BridgeNetwork a c1
        $again = Connect-BridgeNetwork a c1
        "$($again.InterfaceName) $($again.IPAddress)" | Should -Be 'eth0 10.50.0.3'
    }

    It 'has the default route by the first name of a network, bridge or not' {
        New-BridgeNetwork a | Out-Null
        New-BridgeContainer c1 a | Out-Null
        Connect-BridgeNetwork bridge c1 | Out-Null
        Get-DefaultInterface c1 | Should -Be eth0
    }

    It 'publishes ports without anything that listens, and only addresses that the container has' {
        New-BridgeNetwork a | Out-Null
        New-BridgeContainer c1 a -Publish 8080:80 | Out-Null
        "$(Get-BridgePort c1)" | Should -Be '0.0.0.0:8080->80/tcp'
        # State 0A is LISTEN.
        Get-Content /proc/self/net/tcp, /proc/self/net/tcp6 | Where-Object { $_ -match ' 0A ' } | Should -BeNullOrEmpty
    }

    It 'knows no names with a network, and has no name server of its own' {
        New-BridgeNetwork a | Out-Null
        New-BridgeContainer c1, c2 a | Out-Null
        Invoke-BridgeContainer c1 -- getent -s files hosts c2.a | Should -BeNullOrEmpty
        Invoke-BridgeContainer c1 cat /etc/resolv.conf | Where-Object { $_ -match '127\.0\.0\.11' } | Should -BeNullOrEmpty
    }
}
