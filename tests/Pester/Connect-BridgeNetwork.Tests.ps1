BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Connect-BridgeNetwork' {
    BeforeAll {
        New-BridgeNetwork auto | Out-Null
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeNetwork tiny -Subnet 10.51.0.0/30 | Out-Null
    }
    BeforeEach { New-BridgeContainer c1, c2, c3 | Out-Null }
    AfterEach { Get-BridgeContainer | Remove-BridgeContainer }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns a BridgeEndpoint, as its OutputType says' {
        (Get-Command Connect-BridgeNetwork).OutputType.Name | Should -Be BridgeNet.Model.BridgeEndpoint
        $endpoint = Connect-BridgeNetwork net c1
        $endpoint | Should -BeOfType BridgeNet.Model.BridgeEndpoint
        "$($endpoint.IPAddress) $($endpoint.MacAddress) $($endpoint.Gateway)" | Should -Be '10.50.0.2 02:42:0a:32:00:02 10.50.0.1'
    }

    It 'names the interfaces in order' {
        (Connect-BridgeNetwork net c1).InterfaceName | Should -Be eth0
        (Connect-BridgeNetwork auto c1).InterfaceName | Should -Be eth1
    }

    It 'assigns the requested address' {
        "$((Connect-BridgeNetwork net c1 -IPAddress 10.50.7.7).IPAddress)" | Should -Be 10.50.7.7
        "$((Connect-BridgeNetwork net c2 -IP 10.50.7.8).IPAddress)" | Should -Be 10.50.7.8
    }

    It 'accepts containers by value and by property name' {
        ('c1' | Connect-BridgeNetwork net).ContainerName | Should -Be c1
        (Get-BridgeContainer c2, c3 | Connect-BridgeNetwork net).ContainerName | Should -Be c2, c3
    }

    It 'accepts rows of a table by property name' {
        $made = ConvertFrom-Csv "Network,Container,IPAddress`nnet,c1,10.50.9.1`nnet,c2,10.50.9.2" | Connect-BridgeNetwork
        $made | ForEach-Object { "$($_.ContainerName) $($_.IPAddress)" } | Should -Be 'c1 10.50.9.1', 'c2 10.50.9.2'
    }

    It 'finds both by prefixes of their ids' {
        $endpoint = Connect-BridgeNetwork (Get-BridgeNetwork net).ShortId (Get-BridgeContainer c1).ShortId
        "$endpoint" | Should -Be 'c1 on net'
    }

    It '-WhatIf changes nothing' {
        $before = Get-LinkName
        Connect-BridgeNetwork net c1 -WhatIf | Should -BeNullOrEmpty
        Get-LinkName | Should -Be $before
        Get-BridgeEndpoint | Should -BeNullOrEmpty
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            (Connect-BridgeNetwork net c1 -Confirm:$false).ContainerName | Should -Be c1
        }
    }

    It '-Verbose says ip link add ... type veth' {
        $words = (Connect-BridgeNetwork net c1 -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Message
        $words -match '^ip link add veth\w+ .*master br-[0-9a-f]{12} .*type veth peer name eth0' | Should -HaveCount 1
    }

    It 'refuses <command> with <id>' -ForEach @(
        @{ command = 'Connect-BridgeNetwork nosuch c1'; id = 'NetworkNotFound' }
        @{ command = 'Connect-BridgeNetwork net nosuch'; id = 'ContainerNotFound' }
        @{ command = 'Connect-BridgeNetwork net c3'; id = 'AlreadyConnected' }
        @{ command = 'Connect-BridgeNetwork auto c1 -IPAddress 172.17.0.9'; id = 'StaticAddressNeedsSubnet' }
        @{ command = 'Connect-BridgeNetwork net c1 -IPAddress 10.51.0.9'; id = 'AddressOutsideSubnet' }
        @{ command = 'Connect-BridgeNetwork net c1 -IPAddress 10.50.0.99'; id = 'AddressInUse' }
        @{ command = 'Connect-BridgeNetwork tiny c1'; id = 'NoFreeAddress' }
        @{ command = 'Connect-BridgeNetwork net -ProcessId 4194305'; id = 'ContainerNotFound' }
        @{ command = 'Connect-BridgeNetwork net -NetNSPath /nosuch'; id = 'ContainerNotFound' }
        @{ command = 'Connect-BridgeNetwork net -NetNSPath /proc/self/status -Container x'; id = 'NamespaceFailed' }
    ) {
        Connect-BridgeNetwork net c3 -IPAddress 10.50.0.99 | Out-Null
        Connect-BridgeNetwork tiny c2 | Out-Null
        { Invoke-Expression "$command -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.ConnectBridgeNetworkCommand"
        Get-BridgeEndpoint | Should -HaveCount 2
    }

    It 'continues after a refused one' {
        $made = 'nosuch', 'c1' | Connect-BridgeNetwork net -ErrorVariable problem -ErrorAction SilentlyContinue
        $made.ContainerName | Should -Be c1
        $problem | Should -HaveCount 1
    }

    It 'refuses a process and a path together' {
        { Connect-BridgeNetwork net -ProcessId $PID -NetNSPath /run/x } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    Context 'with a running process of another user' {
        BeforeAll { $stranger = Start-Stranger }
        AfterAll { $stranger | Stop-Process -ErrorAction Ignore }

        It 'uses the requested name' {
            (Connect-BridgeNetwork net -ProcessId $stranger.Id -Container stranger).ContainerName | Should -Be stranger
            $container = Get-BridgeContainer stranger
            "$($container.ProcessId) $($container.NetNSPath)" | Should -Be "$($stranger.Id) /proc/$($stranger.Id)/ns/net"
        }
    }

    It 'completes networks and containers' {
        Get-Completion 'Connect-BridgeNetwork n' | Should -Be net, none
        Get-Completion 'Connect-BridgeNetwork net c' | Should -Be c1, c2, c3
        Get-Completion 'Connect-BridgeNetwork net -Container c' | Should -Be c1, c2, c3
    }

    Context 'with both address families' {
        BeforeAll { New-BridgeNetwork six -Subnet 10.56.0.0/16, 2001:db8:56::/64 | Out-Null }
        AfterAll { Remove-BridgeNetwork six -Force }

        It 'assigns an IPv6 address, the next or the requested one' {
            "$((Connect-BridgeNetwork six c1).IPv6Address)" | Should -Be 2001:db8:56::2
            $endpoint = Connect-BridgeNetwork six c2 -IPAddress 10.56.0.77 -IPv6Address 2001:db8:56::77
            "$($endpoint.IPAddress) $($endpoint.IPv6Address)/$($endpoint.IPv6PrefixLength) $($endpoint.IPv6Gateway)" | Should -Be '10.56.0.77 2001:db8:56::77/64 2001:db8:56::1'
            Test-BridgeConnection c1 2001:db8:56::77 -Count 1 -Quiet | Should -BeTrue
            (Get-BridgeEndpoint six -Container c2 | Show)[2] | Should -Match '10\.56\.0\.77/16, 2001:db8:56::77/64 '
        }

        It 'accepts columns of a table, of which some cells are empty' {
            $made = ConvertFrom-Csv "Network,Container,IPAddress,IPv6Address`nsix,c1,10.56.9.1,`nsix,c2,,2001:db8:56::9" | Connect-BridgeNetwork
            "$($made[0].IPAddress)" | Should -Be 10.56.9.1
            "$($made[1].IPv6Address)" | Should -Be 2001:db8:56::9
        }
    }

    It 'accepts MAC, link-local address, name, kernel settings and aliases' {
        $endpoint = Connect-BridgeNetwork net c1 -MacAddress 02:42:00:00:00:07 -LinkLocalAddress 169.254.7.7 -InterfaceName lan0 -Sysctl @{ 'net.ipv4.conf.IFNAME.log_martians' = 1 } -Alias www, www2
        "$($endpoint.MacAddress) $($endpoint.InterfaceName) $($endpoint.LinkLocalAddresses) $($endpoint.Aliases)" | Should -Be '02:42:00:00:00:07 lan0 169.254.7.7 www www2'
        Invoke-BridgeContainer c1 cat /sys/class/net/lan0/address | Should -Be 02:42:00:00:00:07
        Invoke-BridgeContainer c1 cat /proc/sys/net/ipv4/conf/lan0/log_martians | Should -Be 1
    }

    It 'moves the default route to the network with the highest priority' {
        Connect-BridgeNetwork net c1 | Out-Null
        Connect-BridgeNetwork auto c1 -GatewayPriority -1 | Out-Null
        Get-DefaultInterface c1 | Should -Be eth0
        Disconnect-BridgeNetwork auto c1
        Connect-BridgeNetwork auto c1 -GatewayPriority 5 | Out-Null
        Get-DefaultInterface c1 | Should -Be eth1
        Disconnect-BridgeNetwork auto c1
        Get-DefaultInterface c1 | Should -Be eth0
        Connect-BridgeNetwork net c2 -NoDefaultRoute | Out-Null
        Get-DefaultInterface c2 | Should -BeNullOrEmpty
    }

    It 'keeps addresses and MACs that were asked for for the container' {
        Connect-BridgeNetwork net c1 -IPAddress 10.50.7.7 -MacAddress 02:42:00:00:00:07 | Out-Null
        Disconnect-BridgeNetwork net c1
        { Connect-BridgeNetwork net c2 -IPAddress 10.50.7.7 -ErrorAction Stop } | Should -Throw '*reserved*' -ErrorId 'AddressInUse,*'
        { Connect-BridgeNetwork net c2 -MacAddress 02:42:00:00:00:07 -ErrorAction Stop } | Should -Throw '*reserved*' -ErrorId 'AddressInUse,*'
        $back = Connect-BridgeNetwork net c1
        "$($back.IPAddress) $($back.MacAddress)" | Should -Be '10.50.7.7 02:42:00:00:00:07'
    }

    It 'publishes ports with -Publish' {
        (Connect-BridgeNetwork net c1 -Publish 8080:80).Ports | ForEach-Object { "$_" } | Should -Be '0.0.0.0:8080->80/tcp'
        (Get-BridgePort c1).NetworkName | Should -Be net
    }

    Context 'with predefined networks' {
        It 'creates bridge on first use, and removes it with the last container' {
            $endpoint = Connect-BridgeNetwork bridge c1
            $endpoint.NetworkName | Should -Be bridge
            (Get-BridgeNetwork bridge).BridgeName | Should -BeIn docker0, bridgenet0
            Disconnect-BridgeNetwork bridge c1
            (Get-BridgeNetwork bridge).BridgeName | Should -BeNullOrEmpty
            Get-LinkName | Where-Object { $_ -in 'docker0', 'bridgenet0' } | Should -BeNullOrEmpty
        }

        It 'refuses host and none, and containers of host' {
            { Connect-BridgeNetwork host c1 -ErrorAction Stop } | Should -Throw -ErrorId 'PredefinedNetwork,*'
            { Connect-BridgeNetwork none c1 -ErrorAction Stop } | Should -Throw -ErrorId 'PredefinedNetwork,*'
            New-BridgeContainer hostc host | Out-Null
            { Connect-BridgeNetwork net hostc -ErrorAction Stop } | Should -Throw -ErrorId 'PredefinedNetwork,*'
        }
    }
}
