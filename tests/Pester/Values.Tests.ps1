# What users hold: text, lists that are indexed, objects that never change and are equal by their identity, the same in every format.
BeforeDiscovery {
    $types = @(
        @{ Noun = 'Network'; Get = { Get-BridgeNetwork web } }
        @{ Noun = 'Container'; Get = { Get-BridgeContainer web } }
        @{ Noun = 'Endpoint'; Get = { Get-BridgeEndpoint web -Container web } }
        @{ Noun = 'Port'; Get = { (Get-BridgePort web)[0] } }
        @{ Noun = 'Connection'; Get = { Test-BridgeConnection web 10.50.0.1 -Count 1 } }
        @{ Noun = 'Drift'; Get = { (Test-BridgeNetwork web -Detailed)[0] } }
    )
}

BeforeAll {
    . $PSScriptRoot/Lab.ps1
    New-BridgeNetwork web -Subnet 2001:db8:5::/64, 10.50.0.0/16 -IPRange 10.50.0.0/24 -AuxAddress @{ printer = '10.50.0.9' } -Label @{ env = 'prod'; note = 'a, b' } | Out-Null
    New-BridgeNetwork db -Subnet 10.51.0.0/16 -Label @{ tier = '1' } | Out-Null
    New-BridgeContainer web web -IPAddress 10.50.0.10 -Alias www, w3 -Publish 8080:80, 127.0.0.1:9090:90/udp -GatewayPriority 7 -Hostname h1 -AddHost x:1.2.3.4, y:1.2.3.5 | Out-Null
    Connect-BridgeNetwork db web -InterfaceName eth10 | Out-Null
    Connect-BridgeNetwork (New-BridgeNetwork n2 -Subnet 10.52.0.0/16) web -InterfaceName eth9 | Out-Null
    New-BridgeContainer c9, c10 web | Out-Null
    # Something that differs, for there to be a difference.
    [IO.File]::WriteAllText("/proc/sys/net/ipv6/conf/$((Get-BridgeNetwork web).BridgeName)/accept_ra", '1')
}

AfterAll {
    Clear-Lab
    Assert-NothingRemains
}

Describe '<Noun>' -ForEach $types {
    BeforeAll { $script:object = & $Get }

    It 'has text, numbers and truth values, and lists and tables of them' {
        $object.psobject.Properties | Where-Object { $null -ne $_.Value } | ForEach-Object {
            $_.Value.GetType().FullName | Should -Match '^(System\.(String|Int32|UInt64|Double|Boolean|DateTime)|BridgeNet\.Model\.(TextMap|Ipam|ObjectList`1\[.*\]))$' -Because $_.Name
        }
    }

    It 'never changes' {
        foreach ($property in $object.psobject.Properties) {
            { $object.$($property.Name) = $property.Value } | Should -Throw -Because $property.Name
        }
    }

    It 'is the same object when it is asked for again' {
        $again = & $Get
        # How long a packet took is another time.
        if ($Noun -eq 'Connection') { return }
        $object -eq $again | Should -BeTrue
        $object | Should -Be $again
        @($object) -contains $again | Should -BeTrue
        @{ $object = 1 }[$again] | Should -Be 1
        Compare-Object $object $again | Should -BeNullOrEmpty
    }

    It 'reads as something in a string' { "$object" | Should -Not -Match '^BridgeNet\.|^$' }

    It 'ConvertTo-Json warns of nothing, cuts nothing and comes back' {
        foreach ($several in $false, $true) {
            $json = $several ? (@($object; $object) | ConvertTo-Json -WarningVariable warnings) : ($object | ConvertTo-Json -WarningVariable warnings)
            $warnings | Should -BeNullOrEmpty
            $json | Should -Not -Match 'BridgeNet\.|System\.|AddressFamily'
            $read = @($json | ConvertFrom-Json)[0]
            $read.psobject.Properties.Name | Sort-Object | Should -Be ($object.psobject.Properties.Name | Sort-Object)
            foreach ($property in $object.psobject.Properties | Where-Object { $_.Value -is [string] -or $_.Value -is [int] -or $_.Value -is [bool] -or $_.Value -is [uint64] }) {
                $read.$($property.Name) | Should -Be $property.Value -Because $property.Name
            }
        }
    }

    It 'Export-Csv has a text in every cell' {
        $csv = $object | ConvertTo-Csv -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $csv[1] | Should -Not -Match 'BridgeNet\.|System\.'
        $read = $csv | ConvertFrom-Csv
        foreach ($property in $object.psobject.Properties | Where-Object { $_.Value -is [string] -or $_.Value -is [int] -or $_.Value -is [bool] -or $_.Value -is [uint64] }) {
            $read.$($property.Name) | Should -Be "$($property.Value)" -Because $property.Name
        }
    }

    It 'Export-Clixml keeps all of it' {
        $file = Join-Path $TestDrive object.xml
        $object | Export-Clixml $file -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $read = Import-Clixml $file
        $read.psobject.TypeNames[0] | Should -Be "Deserialized.BridgeNet.Model.Bridge$Noun"
        "$read" | Should -Be "$object"
        foreach ($property in $object.psobject.Properties) {
            $kept = $read.$($property.Name)
            # What PowerShell makes of every table.
            if ($kept -is [hashtable]) { $kept = ($kept.GetEnumerator() | Sort-Object Key | ForEach-Object { "$($_.Key)=$($_.Value)" }) -join ' ' }
            $value = $property.Value -is [BridgeNet.Model.TextMap] ? (($property.Value.GetEnumerator() | ForEach-Object { "$($_.Key)=$($_.Value)" }) -join ' ') : "$($property.Value)"
            "$kept" | Should -Be $value -Because $property.Name
        }
    }
}

Describe 'Addresses and lists' {
    It 'Subnet and Gateway are those of IPv4, in whatever order they were given' {
        $network = Get-BridgeNetwork web
        "$($network.Subnet) $($network.Gateway) $($network.IPv6Subnet) $($network.IPv6Gateway) $($network.IPRange)" | Should -Be '10.50.0.0/16 10.50.0.1 2001:db8:5::/64 2001:db8:5::1 10.50.0.0/24'
        Get-BridgeNetwork | Where-Object Subnet -EQ '10.50.0.0/16' | Should -Be web
        (Get-BridgeNetwork | Where-Object IPv6Subnet).Name | Should -Be web
    }

    It 'lists are indexed' {
        $network = Get-BridgeNetwork web
        $network.IPAM.Config.Subnet | Should -Be '2001:db8:5::/64', '10.50.0.0/16'
        $network.IPAM.Config[1].Subnet | Should -Be '10.50.0.0/16'
        $network.IPAM.Config[1].AuxiliaryAddresses.printer | Should -Be 10.50.0.9
        $network.Containers[-1].ContainerName | Should -Be web
        $network.Labels['note'] | Should -Be 'a, b'
        $network.Labels.env | Should -Be prod
        $container = Get-BridgeContainer web
        $container.Endpoints[2].NetworkName | Should -Be db
        $container.Networks[1] | Should -Be n2
        $container.Ports[0].HostPort | Should -Be 8080
        $container.AddHost[1] | Should -Be y:1.2.3.5
        (Get-BridgeEndpoint web -Container web).Aliases[1] | Should -Be w3
        (Get-BridgeEndpoint web -Container web).Ports[-1].Protocol | Should -Be udp
        (Get-BridgeNetwork host).Containers.Count | Should -Be 0
    }

    It 'lists do not change' {
        { (Get-BridgeContainer web).Networks[0] = 'x' } | Should -Throw
        { (Get-BridgeNetwork web).Labels['env'] = 'x' } | Should -Throw
        { (Get-BridgeNetwork web).IPAM.Config[0].Gateway = 'x' } | Should -Throw
    }

    It 'come out in natural order: names with numbers by number, endpoints by address, interfaces by number' {
        (Get-BridgeContainer).Name | Should -Be c9, c10, web
        (Get-BridgeEndpoint web).IPAddress | Should -Be 10.50.0.2, 10.50.0.3, 10.50.0.10
        (Get-BridgeEndpoint web | Sort-Object -Descending).IPAddress | Should -Be 10.50.0.10, 10.50.0.3, 10.50.0.2
        (Get-BridgeContainer web).Endpoints.InterfaceName | Should -Be eth0, eth9, eth10
        (Get-BridgeContainer c10, web, c9 | Sort-Object).Name | Should -Be c9, c10, web
    }

    It 'the network says whether it has an address' {
        (Get-BridgeNetwork web).Contains('10.50.3.4') | Should -BeTrue
        (Get-BridgeNetwork web).Contains('2001:db8:5::ffff') | Should -BeTrue
        (Get-BridgeNetwork web).Contains('10.51.3.4') | Should -BeFalse
        { (Get-BridgeNetwork web).Contains('x') } | Should -Throw '*not an IPv4 or IPv6 address*'
    }

    It 'counts of large subnets are numbers in every format' {
        $config = (Get-BridgeNetwork web).IPAM.Config[0]
        $config.FreeAddresses | Should -BeOfType uint64
        $config.FreeAddresses | Should -BeGreaterThan ([uint64]::MaxValue - 10)
        (Get-BridgeNetwork db | ConvertTo-Json | ConvertFrom-Json).FreeAddresses | Should -BeOfType long
    }
}

Describe 'Equality' {
    It 'a network equals its name in either order; so does a container' {
        (Get-BridgeNetwork web) -eq 'web' | Should -BeTrue
        'web' -eq (Get-BridgeNetwork web) | Should -BeTrue
        (Get-BridgeNetwork) -contains 'web' | Should -BeTrue
        (Get-BridgeContainer web) -eq 'web' | Should -BeTrue
        (Get-BridgeNetwork web) -eq 'db' | Should -BeFalse
    }

    It 'a network is no container of the same name' { (Get-BridgeNetwork web).Equals((Get-BridgeContainer web)) | Should -BeFalse }

    It 'one that was created again is another' {
        $before = New-BridgeNetwork again
        Remove-BridgeNetwork again
        $now = New-BridgeNetwork again
        $before -eq $now | Should -BeFalse
        Compare-Object $before $now | Should -HaveCount 2
        Remove-BridgeNetwork again
    }
}

Describe 'Return values of commands' {
    It '<_> returns the same as Get- a moment later' -ForEach 'New-BridgeNetwork', 'Set-BridgeNetwork', 'New-BridgeContainer', 'Connect-BridgeNetwork', 'Rename-BridgeContainer', 'Publish-BridgePort' {
        $given, $got = switch ($_) {
            New-BridgeNetwork { (New-BridgeNetwork fresh -Subnet 10.60.0.0/16); Get-BridgeNetwork fresh }
            Set-BridgeNetwork { (Set-BridgeNetwork fresh -Label a=b -Mtu 1400 -PassThru); Get-BridgeNetwork fresh }
            New-BridgeContainer { (New-BridgeContainer f1); Get-BridgeContainer f1 }
            Connect-BridgeNetwork { (Connect-BridgeNetwork fresh f1 -Publish 7001:71); Get-BridgeEndpoint fresh }
            Rename-BridgeContainer { (Rename-BridgeContainer f1 f2 -PassThru); Get-BridgeContainer f2 }
            Publish-BridgePort { (Publish-BridgePort f2 7000:70); Get-BridgePort f2 70 }
        }
        $given | ConvertTo-Json | Should -Be ($got | ConvertTo-Json)
    }

    It 'New-BridgeNetwork counts its addresses' {
        $network = New-BridgeNetwork counted -Subnet 10.61.0.0/24
        "$($network.UsedAddresses) $($network.FreeAddresses)" | Should -Be '1 253'
        Remove-BridgeNetwork counted
    }

    AfterAll {
        Remove-BridgeContainer f2
        Remove-BridgeNetwork fresh
    }
}

Describe 'In other sessions of the same process' {
    It 'ForEach-Object -Parallel and thread jobs have the nested objects too' {
        (Get-BridgeNetwork web | ForEach-Object -Parallel { $_.Containers[0].IPAddress }) | Should -Be 10.50.0.2
        (Start-ThreadJob { param($c) $c.Endpoints[0].Ports[0].HostPort } -ArgumentList (Get-BridgeContainer web) | Receive-Job -Wait -AutoRemoveJob) | Should -Be 8080
    }
}
