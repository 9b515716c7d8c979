BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Get-BridgeNetwork' {
    BeforeAll {
        New-BridgeNetwork web1 -Subnet 10.50.0.0/16 -Label @{ team = 'web' } | Out-Null
        New-BridgeNetwork web2, db | Out-Null
        New-BridgeContainer c2, c1 web1 | Out-Null
    }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns BridgeNetwork objects, as its OutputType says' {
        (Get-Command Get-BridgeNetwork).OutputType.Name | Should -Be BridgeNet.Model.BridgeNetwork, System.String
        Get-BridgeNetwork | Should -BeOfType BridgeNet.Model.BridgeNetwork
    }

    It 'lists all by name, with bridge, host and none' {
        (Get-BridgeNetwork).Name | Should -Be bridge, db, host, none, web1, web2
    }

    It 'finds by name, wildcard, id and prefix of an id' {
        $network = Get-BridgeNetwork web1
        (Get-BridgeNetwork web*).Name | Should -Be web1, web2
        (Get-BridgeNetwork db, 'web[12]').Name | Should -Be db, web1, web2
        (Get-BridgeNetwork $network.Id).Name | Should -Be web1
        (Get-BridgeNetwork $network.ShortId).Name | Should -Be web1
        (Get-BridgeNetwork $network.Id.Substring(0, 8)).Name | Should -Be web1
    }

    It 'accepts names by value and by property name' {
        ('db', 'web*' | Get-BridgeNetwork).Name | Should -Be db, web1, web2
        ([pscustomobject]@{ Name = 'db' } | Get-BridgeNetwork).Name | Should -Be db
        (Get-BridgeNetwork db | Get-BridgeNetwork).Name | Should -Be db
    }

    It 'reports a missing exact name, and continues; a wildcard that matches nothing is no error' {
        (Get-BridgeNetwork nosuch, db -ErrorVariable problem -ErrorAction SilentlyContinue).Name | Should -Be db
        $problem.FullyQualifiedErrorId | Should -Be 'NetworkNotFound,BridgeNet.Commands.GetBridgeNetworkCommand'
        $problem.CategoryInfo.Category | Should -Be ObjectNotFound
        { Get-BridgeNetwork nosuch* -ErrorAction Stop } | Should -Not -Throw
    }

    It 'shows the columns of docker network ls' {
        $lines = Get-BridgeNetwork web1 | Show
        $lines | Should -HaveCount 3
        $lines[0] | Should -Match '^NETWORK ID +NAME +DRIVER +SCOPE *$'
        $lines[2] | Should -Match "^$((Get-BridgeNetwork web1).ShortId) +web1 +bridge +local *$"
    }

    It 'shows the properties of docker network inspect, as a list' {
        $lines = Get-BridgeNetwork web1 | Format-List | Show
        $lines | ForEach-Object { ($_ -split ' +:')[0] } | Should -Be (
            'Name', 'Id', 'Created', 'Scope', 'Driver', 'EnableIPv6', 'Subnet', 'Gateway', 'IPv6Subnet', 'IPv6Gateway', 'UsedAddresses', 'FreeAddresses',
            'Internal', 'Attachable', 'Ingress', 'ConfigFrom', 'ConfigOnly', 'Containers', 'Options', 'Labels', 'BridgeName', 'Parent', 'Mtu',
            'InterContainer', 'AntiSpoof', 'Masquerade', 'GatewayMode', 'IPv6GatewayMode')
        $lines -match '^Containers +: \{c1 10\.50\.0\.3/16 02:42:0a:32:00:03, c2 10\.50\.0\.2/16 02:42:0a:32:00:02\}' | Should -HaveCount 1
        $lines -match '^Labels +: \{?team=web' | Should -HaveCount 1
        $lines -match '^UsedAddresses +: 3' | Should -HaveCount 1
        $lines -match '^FreeAddresses +: 65531' | Should -HaveCount 1
    }

    It 'works with Select-Object, Where-Object, Sort-Object and Group-Object' {
        (Get-BridgeNetwork | Where-Object BridgeName | Sort-Object Name -Descending | Select-Object -First 2 -ExpandProperty Name) | Should -Be web2, web1
        (Get-BridgeNetwork | Group-Object Driver | Sort-Object Name).Name | Should -Be bridge, host, null
        (Get-BridgeNetwork web1 | Select-Object Name, Subnet, Gateway | ConvertTo-Csv)[1] | Should -Be '"web1","10.50.0.0/16","10.50.0.1"'
    }

    It 'works with ConvertTo-Json' {
        $json = Get-BridgeNetwork web1 | Select-Object Name, Id, Driver, @{ n = 'Subnet'; e = { "$($_.Subnet)" } }, Labels | ConvertTo-Json | ConvertFrom-Json
        "$($json.Name) $($json.Driver) $($json.Subnet) $($json.Labels.team)" | Should -Be 'web1 bridge 10.50.0.0/16 web'
    }

    It 'comes back from Export-Clixml and is still shown as a network' {
        $file = Join-Path $TestDrive networks.xml
        Get-BridgeNetwork web1 | Export-Clixml $file
        $back = Import-Clixml $file
        $back.Name, $back.Driver, $back.ShortId | Should -Be web1, bridge, (Get-BridgeNetwork web1).ShortId
        ($back | Show)[0] | Should -Match '^NETWORK ID +NAME +DRIVER +SCOPE *$'
        ($back | Get-BridgeNetwork).Id | Should -Be $back.Id
    }

    It 'does not select all objects for an unset variable' {
        { Get-BridgeNetwork $notSet } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Get-BridgeNetwork '' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'completes names, with quotes or without' {
        Get-Completion 'Get-BridgeNetwork ' | Should -Be bridge, db, host, none, web1, web2
        Get-Completion 'Get-BridgeNetwork we' | Should -Be web1, web2
        Get-Completion 'Get-BridgeNetwork -Name d' | Should -Be db
        Get-Completion "Get-BridgeNetwork 'd" | Should -Match 'db'
    }

    Context 'filters' {
        BeforeAll {
            New-BridgeNetwork tagged -Label env=prod, tier=1 | Out-Null
            New-BridgeNetwork plain -Label env=test | Out-Null
        }
        AfterAll { Remove-BridgeNetwork tagged, plain }

        It '-Id accepts prefixes of ids' {
            $id = (Get-BridgeNetwork db).Id
            (Get-BridgeNetwork -Id $id.Substring(0, 16)).Name | Should -Be db
            (Get-BridgeNetwork -Id $id.Substring(0, 16).ToUpperInvariant()).Name | Should -Be db
            (Get-BridgeNetwork -Id $id, (Get-BridgeNetwork web1).Id).Name | Should -Be db, web1
            Get-BridgeNetwork -Id zz | Should -BeNullOrEmpty
        }

        It '-Driver accepts one or several, in any case' {
            (Get-BridgeNetwork -Driver host, NULL).Name | Should -Be host, none
            (Get-BridgeNetwork -Driver bridge).Name | Should -Be bridge, db, plain, tagged, web1, web2
        }

        It '-Label accepts keys, and keys with values; a network must have all of them' {
            (Get-BridgeNetwork -Label env).Name | Should -Be plain, tagged
            (Get-BridgeNetwork -Label env=prod).Name | Should -Be tagged
            (Get-BridgeNetwork -Label env=prod, tier=1).Name | Should -Be tagged
            Get-BridgeNetwork -Label env=prod, env=test | Should -BeNullOrEmpty
            Get-BridgeNetwork -Label en | Should -BeNullOrEmpty
        }

        It '-Scope and -Type' {
            Get-BridgeNetwork -Scope swarm | Should -BeNullOrEmpty
            (Get-BridgeNetwork -Scope local).Count | Should -Be (Get-BridgeNetwork).Count
            (Get-BridgeNetwork -Type Builtin).Name | Should -Be bridge, host, none
            (Get-BridgeNetwork -Type custom).Name | Should -Be db, plain, tagged, web1, web2
        }

        It '-Unused returns user-defined networks without endpoints' {
            (Get-BridgeNetwork -Unused).Name | Should -Be db, plain, tagged, web2
            (Get-BridgeNetwork -Dangling -Label env=test).Name | Should -Be plain
            (Get-BridgeNetwork web* -Unused).Name | Should -Be web2
        }

        It 'completes drivers, types and labels' {
            Get-Completion 'Get-BridgeNetwork -Driver ' | Should -Be bridge, macvlan, ipvlan, host, null
            Get-Completion 'Get-BridgeNetwork -Type ' | Should -Be Builtin, Custom
            Get-Completion 'Get-BridgeNetwork -Label env' | Should -Be 'env=prod', 'env=test'
        }
    }

    Context '-AsJson' {
        # As docker network inspect of Engine 26.1 prints it.
        It 'has the keys of docker network inspect in their order' {
            $json = Get-BridgeNetwork web1 -AsJson
            $json | Should -BeOfType string
            $keys = [regex]::Matches($json, '(?m)^ {8}"(\w+)":').ForEach({ $_.Groups[1].Value })
            $keys | Should -Be Name, Id, Created, Scope, Driver, EnableIPv6, IPAM, Internal, Attachable, Ingress, ConfigFrom, ConfigOnly, Containers, Options, Labels
            [regex]::Matches($json, '(?m)^ {12}"(Driver|Options|Config)":').ForEach({ $_.Groups[1].Value }) | Should -Be Driver, Options, Config
            [regex]::Matches($json, '(?m)^ {16}"(\w+)":').ForEach({ $_.Groups[1].Value }) | Should -Be (@('Name', 'EndpointID', 'MacAddress', 'IPv4Address', 'IPv6Address') * 2)
        }

        It 'is read by ConvertFrom-Json, containers keyed by their ids' {
            $network = Get-BridgeNetwork web1
            $read = @(Get-BridgeNetwork web1 -AsJson | ConvertFrom-Json -AsHashtable)
            $read | Should -HaveCount 1
            "$($read[0].Name) $($read[0].Id) $($read[0].Scope) $($read[0].Driver) $($read[0].EnableIPv6)" | Should -Be "web1 $($network.Id) local bridge False"
            "$($read[0].IPAM.Driver) $($read[0].IPAM.Config[0].Subnet) $($read[0].IPAM.Config[0].Gateway) $($read[0].IPAM.Options.Count)" | Should -Be 'default 10.50.0.0/16 10.50.0.1 0'
            $c1 = Get-BridgeContainer c1
            $in = $read[0].Containers[$c1.Id]
            "$($in.Name) $($in.EndpointID) $($in.MacAddress) $($in.IPv4Address) $($in.IPv6Address)" | Should -Be "c1 $($c1.Endpoints[0].EndpointId) 02:42:0a:32:00:03 10.50.0.3/16 "
            $read[0].Labels.team | Should -Be web
            $read[0].ConfigFrom.Network | Should -Be ''
        }

        It 'is one array of all' {
            ($read = Get-BridgeNetwork -AsJson | ConvertFrom-Json).Name | Should -Be bridge, db, host, none, web1, web2
            ($read | Where-Object Name -EQ host).IPAM.Config | Should -BeNullOrEmpty
            (Get-BridgeNetwork db | Get-BridgeNetwork -AsJson | ConvertFrom-Json).Name | Should -Be db
            Get-BridgeNetwork nosuch* -AsJson | Should -Be '[]'
        }

        It 'has ranges, auxiliary addresses, options and IPv6 where they are' {
            New-BridgeNetwork rich -Subnet 10.60.0.0/16, 2001:db8:60::/64 -IPRange 10.60.5.0/24 -AuxAddress @{ b = '10.60.0.9'; a = '10.60.0.8' } -Mtu 1400 | Out-Null
            $read = Get-BridgeNetwork rich -AsJson | ConvertFrom-Json
            $read.EnableIPv6 | Should -BeTrue
            ($read.IPAM.Config[0] | ConvertTo-Json -Compress) | Should -Be '{"Subnet":"10.60.0.0/16","IPRange":"10.60.5.0/24","Gateway":"10.60.5.0","AuxiliaryAddresses":{"a":"10.60.0.8","b":"10.60.0.9"}}'
            ($read.IPAM.Config[1] | ConvertTo-Json -Compress) | Should -Be '{"Subnet":"2001:db8:60::/64","Gateway":"2001:db8:60::1"}'
            $read.Options.'com.docker.network.driver.mtu' | Should -Be 1400
            Remove-BridgeNetwork rich
        }
    }
}
