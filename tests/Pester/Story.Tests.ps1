# The story of the README, as a user types it: two networks, their containers, the isolation, and the way through.
BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Two networks, their containers, and the way through' {
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    Context 'New-BridgeNetwork' {
        It 'creates test_net1 with a subnet and a gateway from the pools' {
            $network = New-BridgeNetwork test_net1
            "$($network.Subnet)" | Should -Match '^(172|192)\.\d+\.0\.0/(16|20)$'
            "$($network.Gateway)" | Should -Be ("$($network.Subnet)" -replace '0/\d+$', '1')
            Get-LinkName | Should -Contain $network.BridgeName
        }

        It 'creates test_net2 with the given ones' {
            $network = New-BridgeNetwork test_net2 -Subnet 173.20.0.0/16 -Gateway 173.20.0.1
            "$($network.Subnet) $($network.Gateway)" | Should -Be '173.20.0.0/16 173.20.0.1'
        }

        It 'lists them and the predefined ones as docker network ls does' {
            $lines = Get-BridgeNetwork | Show
            $lines[0] | Should -Match '^NETWORK ID +NAME +DRIVER +SCOPE *$'
            $lines | Select-Object -Skip 2 | ForEach-Object { $_ | Should -Match '^[0-9a-f]{12} +\S+ +(bridge|host|null) +local *$' }
            $lines | Select-Object -Skip 2 | ForEach-Object { ($_ -split ' +')[1] } | Should -Be bridge, host, none, test_net1, test_net2
        }

        It 'shows one as docker network inspect does' {
            $text = Get-BridgeNetwork test_net2 | Format-List | Show
            foreach ($line in 'Name +: test_net2', 'Id +: [0-9a-f]{64}', 'Scope +: local', 'Driver +: bridge', 'Subnet +: 173\.20\.0\.0/16', 'Gateway +: 173\.20\.0\.1', 'BridgeName +: br-[0-9a-f]{12}') {
                $text -match "^$line *$" | Should -HaveCount 1 -Because $line
            }
        }
    }

    Context 'New-BridgeContainer' {
        It 'assigns c1 the first address after the gateway, the derived MAC, eth0 and a default route' {
            New-BridgeContainer c1 -Network test_net2
            $endpoint = Get-BridgeEndpoint -Container c1
            "$($endpoint.IPAddress)/$($endpoint.PrefixLength) $($endpoint.MacAddress) $($endpoint.InterfaceName)" | Should -Be '173.20.0.2/16 02:42:ad:14:00:02 eth0'
            # The kernel's own table: destination 0 by way of 173.20.0.1, least significant byte first.
            Invoke-BridgeContainer c1 cat /proc/net/route | Where-Object { $_ -match '^eth0\t00000000\t010014AD' } | Should -HaveCount 1
        }

        It 'assigns c2 the requested address' {
            New-BridgeContainer c2 -Network test_net2 -IPAddress 173.20.0.4
            "$((Get-BridgeEndpoint -Container c2).IPAddress)" | Should -Be '173.20.0.4'
        }

        It 'puts c3 on the other network' {
            (New-BridgeContainer c3 -Network test_net1).Networks | Should -Be test_net1
        }
    }

    Context 'Isolation' {
        It 'lets c2 reach c1, with round-trip times' {
            $connection = Test-BridgeConnection c2 c1
            $connection.Reachable | Should -BeTrue
            $connection.Received | Should -Be $connection.Sent
            $connection.AverageMs | Should -BeGreaterThan 0
        }

        It 'lets c3 lose everything on its way to 173.20.0.2, though the host forwards' {
            Get-Content /proc/sys/net/ipv4/ip_forward | Should -Be 1
            $connection = Test-BridgeConnection c3 173.20.0.2 -TimeoutMilliseconds 300
            $connection.LossPercent | Should -Be 100
            $connection.Reachable | Should -BeFalse
        }

        It 'shows it in iptables-save' {
            if ($env:BRIDGENET_FIREWALL -ne 'iptables') { Set-ItResult -Skipped -Because "the backend is $env:BRIDGENET_FIREWALL" }
            $rules = iptables-save
            $rules -match '^-A BRIDGENET-ISOLATION-STAGE-1 ' | Should -Not -BeNullOrEmpty
            $rules -match '^-A BRIDGENET-ISOLATION-STAGE-2 .*-j DROP' | Should -Not -BeNullOrEmpty
            $rules -match '^-A .*-s 173\.20\.0\.0/16 .*-j MASQUERADE' | Should -HaveCount 1
        }
    }

    Context 'Connect-BridgeNetwork' {
        It 'connects c3 to test_net2 as eth1' {
            $endpoint = Connect-BridgeNetwork test_net2 c3
            "$($endpoint.NetworkName) $($endpoint.ContainerName) $($endpoint.InterfaceName)" | Should -Be 'test_net2 c3 eth1'
        }

        It 'lets it through' {
            Test-BridgeConnection c3 c1 -Quiet | Should -BeTrue
        }

        It 'shows eth0 and eth1 with network, address, MAC and the end on the host' {
            $endpoints = Get-BridgeEndpoint -Container c3
            $endpoints.InterfaceName | Should -Be eth0, eth1
            $endpoints.NetworkName | Should -Be test_net1, test_net2
            foreach ($endpoint in $endpoints) {
                "$($endpoint.MacAddress)" | Should -Be ('02:42:' + (($endpoint.IPAddress.Split('.') | ForEach-Object { ([int] $_).ToString('x2') }) -join ':'))
                Get-LinkName | Should -Contain $endpoint.HostInterface
            }
        }

        It 'disconnects it, and it is isolated again' {
            Disconnect-BridgeNetwork test_net2 c3
            (Get-BridgeEndpoint -Container c3).NetworkName | Should -Be test_net1
            Test-BridgeConnection c3 173.20.0.2 -TimeoutMilliseconds 300 -Quiet | Should -BeFalse
        }
    }

    Context 'Foreign namespaces' {
        BeforeAll { $stranger = Start-Stranger }
        AfterAll { $stranger | Stop-Process -ErrorAction Ignore }

        It 'connects a process' {
            $endpoint = Connect-BridgeNetwork test_net2 -ProcessId $stranger.Id
            Test-BridgeConnection $endpoint.ContainerName c1 -Quiet | Should -BeTrue
            (Get-BridgeContainer $endpoint.ContainerName).ProcessId | Should -Be $stranger.Id
            Remove-BridgeContainer $endpoint.ContainerName
            $stranger.HasExited | Should -BeFalse
        }

        It 'connects the namespace at a path, and leaves it when it is removed' {
            $file = New-Item (Join-Path $TestDrive x)
            unshare --net=$file true
            $endpoint = Connect-BridgeNetwork test_net2 -NetNSPath $file
            Test-BridgeConnection $endpoint.ContainerName c1 -Quiet | Should -BeTrue
            Remove-BridgeContainer $endpoint.ContainerName
            nsenter --net=$file true
            $LASTEXITCODE | Should -Be 0
            umount $file
        }
    }

    Context 'The end' {
        It 'refuses to remove networks that containers are on, with their names' {
            Get-BridgeNetwork | Where-Object Driver -eq bridge | Where-Object Name -like 'test_*' | Remove-BridgeNetwork -ErrorVariable refused -ErrorAction SilentlyContinue
            $refused.FullyQualifiedErrorId | Should -Be (@('NetworkInUse,BridgeNet.Commands.RemoveBridgeNetworkCommand') * 2)
            $refused[0].Exception.Message | Should -Match '\bc3\b'
            $refused[1].Exception.Message | Should -Match '\bc1\b.*\bc2\b'
            Get-BridgeNetwork test_* | Should -HaveCount 2
        }

        It 'removes all containers' {
            Get-BridgeContainer | Remove-BridgeContainer
            Get-BridgeContainer | Should -BeNullOrEmpty
        }

        It 'removes the networks then, and leaves nothing behind' {
            Get-BridgeNetwork test_* | Remove-BridgeNetwork
            Get-Remains | Should -BeNullOrEmpty
        }
    }
}
