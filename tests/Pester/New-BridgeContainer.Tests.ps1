BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'New-BridgeContainer' {
    BeforeAll {
        New-BridgeNetwork auto | Out-Null
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
    }
    AfterEach { Get-BridgeContainer | Remove-BridgeContainer }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns a BridgeContainer, as its OutputType says' {
        (Get-Command New-BridgeContainer).OutputType.Name | Should -Be BridgeNet.Model.BridgeContainer
        $container = New-BridgeContainer c1 net
        $container | Should -BeOfType BridgeNet.Model.BridgeContainer
        $container.Id | Should -Match '^[0-9a-f]{64}$'
        $container.Status | Should -Be running
        $container.NetNSPath | Should -Exist
        $container.Networks | Should -Be net
        $container.Endpoints.InterfaceName | Should -Be eth0
        "$container" | Should -Be c1
    }

    It 'has loopback only without a network' {
        (New-BridgeContainer c1).Networks | Should -BeNullOrEmpty
        Invoke-BridgeContainer c1 cat /proc/net/dev | Select-Object -Skip 2 | ForEach-Object { $_.Split(':')[0].Trim() } | Should -Be lo
    }

    It 'accepts several names, as an argument and from the pipeline' {
        (New-BridgeContainer c1, c2 net).Name | Should -Be c1, c2
        ('c3', 'c4' | New-BridgeContainer -Network net).Name | Should -Be c3, c4
    }

    It 'accepts rows of a table by property name' {
        ConvertFrom-Csv "Name,Network,IPAddress`nc1,net,10.50.9.1`nc2,net,10.50.9.2" | New-BridgeContainer | Out-Null
        Get-BridgeEndpoint | ForEach-Object { "$($_.ContainerName) $($_.IPAddress)" } | Should -Be 'c1 10.50.9.1', 'c2 10.50.9.2'
    }

    It 'assigns unused addresses' {
        1..4 | ForEach-Object { "c$_" } | New-BridgeContainer -Network net | Out-Null
        (Get-BridgeEndpoint | ForEach-Object { "$($_.IPAddress)" } | Sort-Object -Unique) | Should -HaveCount 4
    }

    It '-WhatIf changes nothing' {
        $before = Get-LinkName
        New-BridgeContainer c1 net -WhatIf | Should -BeNullOrEmpty
        Get-BridgeContainer | Should -BeNullOrEmpty
        Get-LinkName | Should -Be $before
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            (New-BridgeContainer c1 -Confirm:$false).Name | Should -Be c1
        }
    }

    It '-Verbose prints the equivalent commands' {
        (New-BridgeContainer c1 -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Message -match '^(ip netns add c1|.*unshare --net=\S*/c1 true);' | Should -HaveCount 1
    }

    It 'refuses <command> with <id>, and leaves no container' -ForEach @(
        @{ command = "New-BridgeContainer 'c/1'"; id = 'InvalidName' }
        @{ command = 'New-BridgeContainer x -Network nosuch'; id = 'NetworkNotFound' }
        @{ command = 'New-BridgeContainer x -Network auto -IPAddress 172.17.0.9'; id = 'StaticAddressNeedsSubnet' }
        @{ command = 'New-BridgeContainer x -Network net -IPAddress 10.51.0.9'; id = 'AddressOutsideSubnet' }
        @{ command = 'New-BridgeContainer x -Network net -IPAddress 10.50.0.1'; id = 'AddressInUse' }
        @{ command = 'New-BridgeContainer x -Network net -IPAddress 10.50'; id = 'InvalidOption' }
        @{ command = 'New-BridgeContainer taken'; id = 'ContainerExists' }
    ) {
        New-BridgeContainer taken | Out-Null
        { Invoke-Expression "$command -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.NewBridgeContainerCommand"
        (Get-BridgeContainer).Name | Should -Be taken
    }

    It 'continues after a refused one' {
        ('bad name', 'c1' | New-BridgeContainer -ErrorVariable problem -ErrorAction SilentlyContinue).Name | Should -Be c1
        $problem | Should -HaveCount 1
    }

    It 'completes networks' {
        Get-Completion 'New-BridgeContainer c1 -Network n' | Should -Be net, none
    }

    It 'is on host, none or bridge' {
        $h = New-BridgeContainer h -Network host
        $h.Kind | Should -Be Host
        Invoke-BridgeContainer h readlink /proc/self/ns/net | Should -Be (Get-Item /proc/self/ns/net).LinkTarget
        (New-BridgeContainer n -Network none).Networks | Should -BeNullOrEmpty
        (New-BridgeContainer b -Network bridge).Endpoints.NetworkName | Should -Be bridge
        { New-BridgeContainer x -Network host -IPAddress 10.50.0.9 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidOption,*'
    }

    It 'warns where ports are published to nowhere, and refuses options that mean nothing without a network' {
        (New-BridgeContainer h -Network host -Publish 8080:80 -WarningVariable said -WarningAction SilentlyContinue).Ports | Should -BeNullOrEmpty
        "$said" | Should -Match '^Published ports are discarded'
        { New-BridgeContainer x -IPAddress 10.50.0.9 -ErrorAction Stop } | Should -Throw '*cannot have an IPv4 address*' -ErrorId 'InvalidOption,*'
    }

    It 'publishes ports, shown by Get-BridgeContainer as docker ps shows them' {
        (New-BridgeContainer c1 net -Publish 8080:80, 127.0.0.1:5353:53/udp).Ports | ForEach-Object { "$_" } | Sort-Object | Should -Be '0.0.0.0:8080->80/tcp', '127.0.0.1:5353->53/udp'
        (Get-BridgeContainer c1 | Show)[2] | Should -Match ' 127\.0\.0\.1:5353->53/udp, 0\.0\.0\.0:8080->80/tcp '
    }

    Context 'names' {
        # From the files alone where a name has no address, or none of IPv6: a name server that does not answer would be waited for.
        It 'knows its neighbours, their aliases and itself' {
            New-BridgeContainer c1 net -Alias www | Out-Null
            New-BridgeContainer c2 net | Out-Null
            $address = "$((Get-BridgeEndpoint -Container c1).IPAddress)"
            foreach ($name in 'c1', 'www', (Get-BridgeContainer c1).ShortId) {
                (-split (Invoke-BridgeContainer c2 -- getent -s files hosts $name))[0] | Should -Be $address -Because $name
            }
            (-split (Invoke-BridgeContainer c2 -- getent -s files hosts c2))[0] | Should -Be "$((Get-BridgeEndpoint -Container c2).IPAddress)"
            Invoke-BridgeContainer c2 -- getent -s files hosts nosuch | Should -BeNullOrEmpty
            $LASTEXITCODE | Should -Not -Be 0
        }

        It 'knows names only of networks that it is on' {
            New-BridgeContainer c1 net | Out-Null
            New-BridgeContainer c2 auto | Out-Null
            Invoke-BridgeContainer c2 -- getent -s files hosts c1 | Should -BeNullOrEmpty
            Connect-BridgeNetwork net c2 | Out-Null
            Invoke-BridgeContainer c2 -- getent -s files hosts c1 | Should -Match c1
            Disconnect-BridgeNetwork net c1
            Invoke-BridgeContainer c2 -- getent -s files hosts c1 | Should -BeNullOrEmpty
        }

        It 'accepts -Hostname, -DomainName, -AddHost, -Dns, -DnsSearch and -DnsOption' {
            New-BridgeContainer c1 net -Hostname h1 -DomainName dom.test -AddHost foo:1.2.3.4, gw:host-gateway -Dns 10.9.9.9 -DnsSearch corp.test -DnsOption ndots:2 | Out-Null
            Invoke-BridgeContainer c1 -- uname -n | Should -Be h1
            (-split (Invoke-BridgeContainer c1 -- getent -s files hosts foo))[0] | Should -Be 1.2.3.4
            (-split (Invoke-BridgeContainer c1 -- getent -s files hosts gw))[0] | Should -Be 10.50.0.1
            Invoke-BridgeContainer c1 -- getent -s files hosts h1.dom.test | Should -Match 'h1'
            Invoke-BridgeContainer c1 cat /etc/resolv.conf | Where-Object { $_ -notlike '#*' } | Should -Be 'nameserver 10.9.9.9', 'search corp.test', 'options ndots:2'
        }
    }

    It 'reads an empty cell of a table as no value' {
        $made = ConvertFrom-Csv "Name,Network,IPAddress`nc1,net,`nc2,," | New-BridgeContainer
        $made[0].Networks | Should -Be net
        $made[1].Networks | Should -BeNullOrEmpty
    }
}
