BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'New-BridgeNetwork' {
    AfterEach { Clear-Lab }
    AfterAll { Assert-NothingRemains }

    It 'returns a BridgeNetwork, as its OutputType says' {
        (Get-Command New-BridgeNetwork).OutputType.Name | Should -Be BridgeNet.Model.BridgeNetwork
        New-BridgeNetwork a | Should -BeOfType BridgeNet.Model.BridgeNetwork
    }

    It 'has properties that print as docker prints them' {
        $network = New-BridgeNetwork a -Subnet 10.50.0.0/16
        $network.Id | Should -Match '^[0-9a-f]{64}$'
        $network.ShortId | Should -Be $network.Id.Substring(0, 12)
        $network.BridgeName | Should -Be "br-$($network.ShortId)"
        $network.Subnet | Should -BeOfType string
        $network.Gateway | Should -BeOfType string
        $network.Created | Should -BeOfType datetime
        $network.Created | Should -BeLessOrEqual (Get-Date)
        $network.Created | Should -BeGreaterThan (Get-Date).AddMinutes(-1)
        $network.IPAM.Config.Subnet | Should -Be $network.Subnet
        "$($network.Subnet) $($network.Gateway) $($network.Driver) $($network.Scope) $($network.Mtu)" | Should -Be '10.50.0.0/16 10.50.0.1 bridge local 1500'
        "$network" | Should -Be a
    }

    It 'accepts several names, as an argument and from the pipeline' {
        (New-BridgeNetwork a, b).Name | Should -Be a, b
        ('c', 'd' | New-BridgeNetwork).Name | Should -Be c, d
    }

    It 'accepts rows of a table by property name' {
        $made = ConvertFrom-Csv "Name,Subnet,Gateway`na,10.50.0.0/16,10.50.0.9`nb,10.51.0.0/24,10.51.0.1" | New-BridgeNetwork
        $made | ForEach-Object { "$_ $($_.Subnet) $($_.Gateway)" } | Should -Be 'a 10.50.0.0/16 10.50.0.9', 'b 10.51.0.0/24 10.51.0.1'
    }

    It 'accepts typed values' {
        $network = New-BridgeNetwork a -Subnet ([Net.IPNetwork]::Parse('10.50.0.0/16')) -Gateway ([Net.IPAddress]::Parse('10.50.0.7'))
        "$($network.Subnet) $($network.Gateway)" | Should -Be '10.50.0.0/16 10.50.0.7'
    }

    It 'keeps labels' {
        New-BridgeNetwork a -Label @{ team = 'web'; tier = 2 } | Out-Null
        $labels = (Get-BridgeNetwork a).Labels
        $labels['team'], $labels['tier'] | Should -Be web, 2
    }

    It 'assigns automatic networks subnets that do not overlap' {
        1..5 | ForEach-Object { New-BridgeNetwork "n$_" } | Out-Null
        (Get-BridgeNetwork n? | ForEach-Object { "$($_.Subnet)" } | Sort-Object -Unique) | Should -HaveCount 5
    }

    It '-WhatIf prints the steps that a person would type, and changes nothing' {
        $before = Get-LinkName
        $text = Invoke-Pwsh -NoProfile -Command "Import-Module '$(Join-Path $PSScriptRoot .. .. BridgeNet.psd1)'; New-BridgeNetwork a -Subnet 10.50.0.0/16 -WhatIf"
        $text -join "`n" | Should -Match '(?s)What if: .*"New-BridgeNetwork" on target "a".*ip link add br-[0-9a-f]{12} .*type bridge.*ip address add 10\.50\.0\.1/16 dev br-.*ip link set br-[0-9a-f]{12} up'
        New-BridgeNetwork a -WhatIf | Should -BeNullOrEmpty
        Get-LinkName | Should -Be $before
        Get-BridgeNetwork a* | Should -BeNullOrEmpty
    }

    It 'heeds $WhatIfPreference, and -WhatIf:$false' {
        & {
            $WhatIfPreference = $true
            New-BridgeNetwork a | Should -BeNullOrEmpty
            (New-BridgeNetwork b -WhatIf:$false).Name | Should -Be b
        }
    }

    It '-Verbose prints the same steps' {
        $words = New-BridgeNetwork a -Subnet 10.50.0.0/16 -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message
        $words -match '^ip link add br-[0-9a-f]{12} .*type bridge' | Should -HaveCount 1
        $words -match '^ip address add 10\.50\.0\.1/16 dev br-' | Should -HaveCount 1
        # Up last: no packet passes before the rules are there.
        $words[-1] | Should -Match '^ip link set br-[0-9a-f]{12} up$'
    }

    It 'has created everything when a receiver of its messages ends the pipeline' {
        New-BridgeNetwork a -Verbose 4>&1 -ErrorVariable problem | Select-Object -First 3 | Should -HaveCount 3
        $problem | Should -BeNullOrEmpty
        { New-BridgeNetwork b -Verbose 4>&1 | ForEach-Object { if ("$_" -like 'ip address*') { throw 'enough' } } } | Should -Throw enough
        Test-BridgeNetwork a, b | Should -BeTrue
    }

    It 'has created nothing when the pipeline ends before it begins' {
        { New-BridgeNetwork a -Verbose 4>&1 | ForEach-Object { throw 'enough' } } | Should -Throw enough
        Get-Remains | Should -BeNullOrEmpty
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            (New-BridgeNetwork a -Confirm:$false).Name | Should -Be a
        }
    }

    It 'refuses <command> with <id>' -ForEach @(
        @{ command = "New-BridgeNetwork 'a b'"; id = 'InvalidName'; says = 'letters, digits' }
        @{ command = 'New-BridgeNetwork bridge'; id = 'PredefinedNetwork'; says = 'always exists' }
        @{ command = 'New-BridgeNetwork a -Subnet 10.60.0.0/33'; id = 'InvalidSubnet'; says = 'CIDR' }
        @{ command = 'New-BridgeNetwork a -Subnet 10.60.1.5/16'; id = 'InvalidSubnet'; says = '10\.60\.0\.0/16' }
        @{ command = 'New-BridgeNetwork a -Subnet 10.60.0.0/16 -Gateway 10.61.0.1'; id = 'InvalidGateway'; says = 'outside' }
        @{ command = 'New-BridgeNetwork a -Driver nosuch'; id = 'DriverUnknown'; says = 'bridge' }
        @{ command = 'New-BridgeNetwork taken'; id = 'NetworkExists'; says = 'taken' }
        @{ command = 'New-BridgeNetwork a -Subnet 10.70.3.0/24'; id = 'SubnetOverlaps'; says = 'taken' }
    ) {
        New-BridgeNetwork taken -Subnet 10.70.0.0/16 | Out-Null
        { Invoke-Expression "$command -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.NewBridgeNetworkCommand" -PassThru |
            ForEach-Object { $_.Exception.Message } | Should -Match $says
        (Get-BridgeNetwork | Where-Object BridgeName).Name | Should -Be taken
    }

    It 'reports several problems together, and continues with the next name' {
        $made = 'bad name', 'good' | New-BridgeNetwork -Driver bridge -ErrorVariable problems -ErrorAction SilentlyContinue
        $made.Name | Should -Be good
        $problems | Should -HaveCount 1
        New-BridgeNetwork 'a b' -Driver nosuch -Subnet 10.60.1.5/16 -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be InvalidName, DriverUnknown, InvalidSubnet
    }

    It 'completes the driver' {
        Get-Completion 'New-BridgeNetwork x -Driver ' | Should -Be bridge, macvlan, ipvlan
    }

    It 'creates a network of driver macvlan on an interface, whose name and mode are completed' {
        Get-Completion 'New-BridgeNetwork x -MacvlanMode p' | Should -Be private, passthru
        $first = New-BridgeNetwork mac1 -Driver macvlan -Internal -MacvlanMode Private
        $parent = "dm-$($first.ShortId)"
        # It is ours, so it is not offered, though it can be named.
        Get-Completion 'New-BridgeNetwork x -Parent ' | Should -Not -Contain $parent
        $second = New-BridgeNetwork mac2 -Driver macvlan -Parent $parent -Subnet 10.77.0.0/24
        "$($second.Driver) $($second.Parent) $($second.Options['parent']) $($second.BridgeName)" | Should -Be "macvlan $parent $parent "
        $first.Options['macvlan_mode'] | Should -Be private
        { New-BridgeNetwork mac3 -Driver macvlan -Subnet 10.78.0.0/24 -ErrorAction Stop } | Should -Throw '*give its parent*' -ErrorId 'InvalidOption,*'
        Remove-BridgeNetwork mac2, mac1
    }

    It 'gives the host an interface on a network of driver macvlan' {
        $dark = New-BridgeNetwork mac1 -Driver macvlan -Internal
        $lan = New-BridgeNetwork mac2 -Driver macvlan -Parent "dm-$($dark.ShortId)" -Subnet 10.77.0.0/24 -HostAccess
        $lan.HostAccess | Should -BeTrue
        $lan.AuxAddress['HostAccessIPv4'] | Should -Be 10.77.0.254
        New-BridgeContainer c1 -Network mac2 | Out-Null
        (Test-BridgeConnection c1 10.77.0.254 -Count 1).Reachable | Should -BeTrue
        Remove-BridgeContainer c1
        Remove-BridgeNetwork mac2
        # From an object or the row of a table, it is the same network again.
        ($lan | New-BridgeNetwork).HostAccess | Should -BeTrue
        Remove-BridgeNetwork mac2
        $row = [pscustomobject]@{ Name = 'mac3'; Driver = 'macvlan'; Parent = $lan.Parent; Subnet = $lan.Subnet; HostAccess = 'True' }
        ($row | New-BridgeNetwork).AuxAddress['HostAccessIPv4'] | Should -Be 10.77.0.254
        { New-BridgeNetwork mac4 -Driver macvlan -Internal -HostAccess -ErrorAction Stop } | Should -Throw '*reach each other only*' -ErrorId 'InvalidOption,*'
        Remove-BridgeNetwork mac3, mac1
    }

    It 'means the same by <parameter> and by <option>' -ForEach @(
        @{ parameter = '-NoInterContainer'; option = 'com.docker.network.bridge.enable_icc=false'; shows = 'InterContainer'; is = 'False' }
        @{ parameter = '-AntiSpoof'; option = 'bridgenet.anti_spoof=true'; shows = 'AntiSpoof'; is = 'True' }
        @{ parameter = '-NoMasquerade'; option = 'com.docker.network.bridge.enable_ip_masquerade=false'; shows = 'Masquerade'; is = 'False' }
        @{ parameter = '-Mtu 1400'; option = 'com.docker.network.driver.mtu=1400'; shows = 'Mtu'; is = '1400' }
        @{ parameter = '-BridgeName br-mine'; option = 'com.docker.network.bridge.name=br-mine'; shows = 'BridgeName'; is = 'br-mine' }
        @{ parameter = '-GatewayMode Routed'; option = 'com.docker.network.bridge.gateway_mode_ipv4=routed'; shows = 'GatewayMode'; is = 'Routed' }
        @{ parameter = '-GatewayMode NatUnprotected'; option = 'com.docker.network.bridge.gateway_mode_ipv4=nat-unprotected'; shows = 'GatewayMode'; is = 'NatUnprotected' }
        @{ parameter = '-IPv6 -IPv6GatewayMode Routed'; option = 'com.docker.network.bridge.gateway_mode_ipv6=routed'; shows = 'IPv6GatewayMode'; is = 'Routed' }
        @{ parameter = '-SnatAddress 192.0.2.7'; option = 'com.docker.network.host_ipv4=192.0.2.7'; shows = 'Name'; is = 'a' }
    ) {
        $key, $value = $option.Split('=')
        $ipv6 = if ($parameter -like '*-IPv6 *') { '-IPv6' }
        foreach ($how in $parameter, "-Option $option $ipv6", "-Option @{ '$key' = '$value' } $ipv6") {
            $network = Invoke-Expression "New-BridgeNetwork a $how"
            "$($network.$shows)" | Should -Be $is -Because $how
            $network.Options[$key] | Should -Be $value -Because $how
            Remove-BridgeNetwork a
        }
        # The same twice is no contradiction.
        { Invoke-Expression "New-BridgeNetwork a $parameter -Option $option -ErrorAction Stop" } | Should -Not -Throw
    }

    It 'accepts booleans of PowerShell in a table of options' {
        (New-BridgeNetwork a -Option @{ 'com.docker.network.bridge.enable_icc' = $false }).InterContainer | Should -BeFalse
    }

    It 'keeps an option that is not known, and warns' {
        $network = New-BridgeNetwork a -Option foo=bar -WarningVariable said -WarningAction SilentlyContinue
        $network.Options['foo'] | Should -Be bar
        $said | Should -HaveCount 1
        "$said" | Should -Match "'foo' is unknown"
    }

    It 'refuses a value that an option cannot have' {
        { New-BridgeNetwork a -Option com.docker.network.bridge.enable_icc=maybe -ErrorAction Stop } | Should -Throw '*neither true nor false*' -ErrorId 'InvalidOption,*'
        { New-BridgeNetwork a -Mtu 1400 -Option com.docker.network.driver.mtu=1500 -ErrorAction Stop } | Should -Throw '*give only one of them*' -ErrorId 'InvalidOption,*'
    }

    It 'creates both address families, IPv6 alone, and an automatic range of the host' {
        $both = New-BridgeNetwork a -Subnet 10.50.0.0/16, 2001:db8:1::/64 -Gateway 2001:db8:1::fe
        "$($both.EnableIPv6) $($both.Subnet) $($both.Gateway) $($both.IPv6Subnet) $($both.IPv6Gateway)" | Should -Be 'True 10.50.0.0/16 10.50.0.1 2001:db8:1::/64 2001:db8:1::fe'
        $only = New-BridgeNetwork b -NoIPv4 -IPv6
        $only.EnableIPv4 | Should -BeFalse
        "$($only.IPv6Subnet)" | Should -Match '^fd.*/64$'
        $only.IPAM.Config | Should -HaveCount 1
    }

    It 'accepts ranges, auxiliary addresses and a prefix length' {
        $network = New-BridgeNetwork a -Subnet 10.50.0.0/16 -Gateway 10.50.0.1 -IPRange 10.50.9.10-10.50.9.12 -AuxAddress @{ printer = '10.50.9.11' }
        (New-BridgeContainer c1, c2 a).Endpoints.IPAddress | ForEach-Object { "$_" } | Should -Be 10.50.9.10, 10.50.9.12
        { New-BridgeContainer c3 a -ErrorAction Stop } | Should -Throw -ErrorId 'NoFreeAddress,*'
        (New-BridgeNetwork b -PrefixLength 27).Subnet | Should -BeLike */27
    }

    It 'supports configurations with -ConfigOnly and -ConfigFrom' {
        New-BridgeNetwork c -ConfigOnly -Subnet 10.50.0.0/16 -Mtu 1400 -Label team=web | ForEach-Object Driver | Should -Be null
        $network = New-BridgeNetwork a -ConfigFrom c
        "$($network.Subnet) $($network.Mtu) $($network.Labels['team']) $($network.ConfigFrom)" | Should -Be '10.50.0.0/16 1400 web c'
        Get-Completion 'New-BridgeNetwork b -ConfigFrom ' | Should -Be c
        Remove-BridgeNetwork a
        Remove-BridgeNetwork c
    }

    It 'reads an empty cell of a table as no value' {
        $made = ConvertFrom-Csv "Name,Subnet,Gateway,IPRange`na,10.50.0.0/16,,`nb,,," | New-BridgeNetwork
        "$($made[0].Subnet) $($made[0].Gateway)" | Should -Be '10.50.0.0/16 10.50.0.1'
        "$($made[1].Subnet)" | Should -Not -BeNullOrEmpty
    }

    It 'completes the keys of options' {
        Get-Completion 'New-BridgeNetwork x -Option com.docker.network.bridge.en' | Should -Be 'com.docker.network.bridge.enable_icc=', 'com.docker.network.bridge.enable_ip_masquerade='
        (Get-Completion 'New-BridgeNetwork x -Option ') | Should -Contain 'com.docker.network.driver.mtu='
    }
}
