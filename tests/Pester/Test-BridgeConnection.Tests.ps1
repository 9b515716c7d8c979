BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Test-BridgeConnection' {
    BeforeAll {
        New-BridgeNetwork n1 -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeNetwork n2 -Subnet 10.51.0.0/16 | Out-Null
        New-BridgeContainer a1, a2 n1 | Out-Null
        New-BridgeContainer b1 n2 | Out-Null
        New-BridgeContainer alone | Out-Null
    }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns a BridgeConnection, as its OutputType says' {
        (Get-Command Test-BridgeConnection).OutputType.Name | Should -Be BridgeNet.Model.BridgeConnection, System.Boolean
        $connection = Test-BridgeConnection a1 a2
        $connection | Should -BeOfType BridgeNet.Model.BridgeConnection
        "$($connection.Source) $($connection.Destination) $($connection.Address) $($connection.Protocol)" | Should -Be 'a1 a2 10.50.0.3 icmp'
        "$($connection.Sent) $($connection.Received) $($connection.LossPercent) $($connection.Reachable)" | Should -Be '3 3 0 True'
        $connection.MinimumMs | Should -BeLessOrEqual $connection.AverageMs
        $connection.AverageMs | Should -BeLessOrEqual $connection.MaximumMs
        $connection.Reason | Should -BeNullOrEmpty
    }

    It 'is a bool with -Quiet' {
        Test-BridgeConnection a1 a2 -Quiet | Should -BeTrue
        Test-BridgeConnection a1 b1 -Quiet -Count 1 -TimeoutMilliseconds 200 | Should -BeFalse
    }

    It 'loses everything between networks, and says why in a sentence' {
        $connection = Test-BridgeConnection a1 b1 -Count 2 -TimeoutMilliseconds 200
        "$($connection.Sent) $($connection.Received) $($connection.LossPercent)" | Should -Be '2 0 100'
        $connection.Reason | Should -Match 'no reply'
        $connection.AverageMs | Should -BeNullOrEmpty
    }

    It 'reaches the gateway, and another address by number' {
        Test-BridgeConnection a1 10.50.0.1 -Quiet -Count 1 | Should -BeTrue
        Test-BridgeConnection a1 10.50.0.3 -Quiet -Count 1 | Should -BeTrue
    }

    It 'tries several destinations' {
        (Test-BridgeConnection a1 a2, b1, 10.50.0.1 -Count 1 -TimeoutMilliseconds 1000).Reachable | Should -Be $true, $false, $true
    }

    It 'accepts sources by property name' {
        (Get-BridgeContainer a? | Test-BridgeConnection -Destination 10.50.0.1 -Count 1).Source | Should -Be a1, a2
        (Get-BridgeEndpoint n1 | Test-BridgeConnection -Destination 10.50.0.1 -Count 1).Source | Should -Be a1, a2
        ('a1', 'a2' | Test-BridgeConnection -Destination 10.50.0.1 -Count 1).Source | Should -Be a1, a2
    }

    It 'connects by -TcpPort' {
        $refused = Test-BridgeConnection a1 a2 -TcpPort 9 -Count 1
        $refused.Protocol | Should -Be tcp/9
        $refused.Reason | Should -Match '\S'
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Any, 0)
        $listener.Start()
        try { Test-BridgeConnection a1 10.50.0.1 -TcpPort $listener.LocalEndpoint.Port -Count 1 -Quiet | Should -BeTrue }
        finally { $listener.Stop() }
    }

    It 'reports that a container is on no network' {
        $connection = Test-BridgeConnection a1 alone
        $connection.Reachable | Should -BeFalse
        $connection.Reason | Should -Match 'no network'
    }

    It 'finds containers by prefixes of their ids' {
        (Test-BridgeConnection (Get-BridgeContainer a1).ShortId (Get-BridgeContainer a2).ShortId -Count 1).Reachable | Should -BeTrue
    }

    It 'refuses <command> with <id>' -ForEach @(
        @{ command = 'Test-BridgeConnection nosuch a1'; id = 'ContainerNotFound,*' }
        @{ command = 'Test-BridgeConnection a1 nosuch'; id = 'ContainerNotFound,*' }
        @{ command = 'Test-BridgeConnection a1 a2 -Count 0'; id = 'ParameterArgumentValidationError,*' }
        @{ command = 'Test-BridgeConnection a1 a2 -TcpPort 65536'; id = 'InvalidPort,*' }
        @{ command = 'Test-BridgeConnection a1 a2 -TcpPort 0'; id = 'InvalidPort,*' }
        @{ command = 'Test-BridgeConnection a1 a2 -TimeoutMilliseconds 0'; id = 'ParameterArgumentValidationError,*' }
    ) {
        { Invoke-Expression "$command -ErrorAction Stop" } | Should -Throw -ErrorId $id
    }

    It 'shows a table' {
        $lines = Test-BridgeConnection a1 a2 -Count 1 | Show
        $lines[0] | Should -Match '^SOURCE +DESTINATION +ADDRESS +PROTOCOL +SENT +RECEIVED +LOSS +AVG MS +REACHABLE *$'
        $lines[2] | Should -Match '^a1 +a2 +10\.50\.0\.3 +icmp +1 +1 +0% +[0-9.]+ +True *$'
    }

    It 'completes containers' {
        Get-Completion 'Test-BridgeConnection a' | Should -Be a1, a2, alone
        Get-Completion 'Test-BridgeConnection a1 b' | Should -Be b1
    }

    It 'reaches a container that has IPv6 alone by its name' {
        New-BridgeNetwork n6 -NoIPv4 -IPv6 -Subnet 2001:db8:6::/64 | Out-Null
        New-BridgeContainer s1, s2 n6 | Out-Null
        $connection = Test-BridgeConnection s1 s2 -Count 1
        "$($connection.Address) $($connection.Reachable)" | Should -Be '2001:db8:6::3 True'
    }
}
