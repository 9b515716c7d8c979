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

    It 'gives a BridgeEndpoint with typed properties, as its OutputType says' {
        (Get-Command Connect-BridgeNetwork).OutputType.Name | Should -Be BridgeNet.Model.BridgeEndpoint
        $endpoint = Connect-BridgeNetwork net c1
        $endpoint | Should -BeOfType BridgeNet.Model.BridgeEndpoint
        $endpoint.IPAddress | Should -BeOfType System.Net.IPAddress
        $endpoint.MacAddress | Should -BeOfType BridgeNet.Model.MacAddress
        "$($endpoint.Gateway)" | Should -Be 10.50.0.1
    }

    It 'names the interfaces in order' {
        (Connect-BridgeNetwork net c1).InterfaceName | Should -Be eth0
        (Connect-BridgeNetwork auto c1).InterfaceName | Should -Be eth1
    }

    It 'gives the address that was asked for' {
        "$((Connect-BridgeNetwork net c1 -IPAddress 10.50.7.7).IPAddress)" | Should -Be 10.50.7.7
        "$((Connect-BridgeNetwork net c2 -IP 10.50.7.8).IPAddress)" | Should -Be 10.50.7.8
    }

    It 'takes containers by value and by property name' {
        ('c1' | Connect-BridgeNetwork net).ContainerName | Should -Be c1
        (Get-BridgeContainer c2, c3 | Connect-BridgeNetwork net).ContainerName | Should -Be c2, c3
    }

    It 'takes rows of a table by property name' {
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

    It 'goes on after one that is refused' {
        $made = 'nosuch', 'c1' | Connect-BridgeNetwork net -ErrorVariable problem -ErrorAction SilentlyContinue
        $made.ContainerName | Should -Be c1
        $problem | Should -HaveCount 1
    }

    It 'does not take a process and a path together' {
        { Connect-BridgeNetwork net -ProcessId $PID -NetNSPath /run/x } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    Context 'with a process that somebody else started' {
        BeforeAll { $stranger = Start-Stranger }
        AfterAll { $stranger | Stop-Process -ErrorAction Ignore }

        It 'gives it the name that was asked for' {
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
}
