BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Publish-BridgePort' {
    BeforeAll {
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeNetwork six -Subnet 10.51.0.0/16, 2001:db8:1::/64 | Out-Null
        New-BridgeNetwork routed -Subnet 10.52.0.0/16 -GatewayMode Routed | Out-Null
        New-BridgeNetwork inside -Internal | Out-Null
    }
    BeforeEach { New-BridgeContainer w1, w2 net | Out-Null }
    AfterEach { Get-BridgeContainer | Remove-BridgeContainer }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns a BridgePort, as its OutputType says' {
        (Get-Command Publish-BridgePort).OutputType.Name | Should -Be BridgeNet.Model.BridgePort
        $port = Publish-BridgePort w1 8080:80
        $port | Should -BeOfType BridgeNet.Model.BridgePort
        "$($port.ContainerName) $($port.NetworkName) $($port.HostAddress) $($port.HostPort) $($port.ContainerPort) $($port.Protocol)" | Should -Be 'w1 net 0.0.0.0 8080 80 tcp'
        "$port" | Should -Be '0.0.0.0:8080->80/tcp'
    }

    It 'accepts <text> as docker run -p does' -ForEach @(
        @{ text = '8080:80'; gives = '0.0.0.0:8080->80/tcp' }
        @{ text = '8080:80/UDP'; gives = '0.0.0.0:8080->80/udp' }
        @{ text = '127.0.0.1:8080:80/sctp'; gives = '127.0.0.1:8080->80/sctp' }
        @{ text = '8000-8002:90-92'; gives = '0.0.0.0:8000->90/tcp', '0.0.0.0:8001->91/tcp', '0.0.0.0:8002->92/tcp' }
    ) {
        Publish-BridgePort w1 $text | ForEach-Object { "$_" } | Should -Be $gives
        Get-BridgePort w1 | ForEach-Object { "$_" } | Should -Be $gives
    }

    It 'chooses a free port of the host, and shows it' {
        foreach ($text in ':80', '81', '0:82', '127.0.0.1::83') { (Publish-BridgePort w1 $text).HostPort | Should -BeGreaterThan 1023 }
        (Get-BridgePort w1).HostPort | Sort-Object -Unique | Should -HaveCount 4
        Publish-BridgePort w1 8080:84 | Out-Null
        (Publish-BridgePort w2 8080-8081:84).HostPort | Should -Be 8081
    }

    It 'publishes both address families where the network has both' {
        Connect-BridgeNetwork six w1 | Out-Null
        Publish-BridgePort w1 8080:80 -Network six | ForEach-Object { "$_" } | Should -Be '0.0.0.0:8080->80/tcp', '[::]:8080->80/tcp'
        Publish-BridgePort w1 '[::]:8081:80' -Network six | ForEach-Object { "$_" } | Should -Be '[::]:8081->80/tcp'
        Publish-BridgePort w1 '[::1]:8082:80' -Network six -WarningVariable said -WarningAction SilentlyContinue | Out-Null
        "$said" | Should -Match '127\.0\.0\.1 works'
    }

    It 'uses the network of the default route, or that which is named' {
        Connect-BridgeNetwork six w1 | Out-Null
        (Publish-BridgePort w1 8080:80).NetworkName | Should -Be net
        (Publish-BridgePort w1 8081:80 -Network six).NetworkName | Sort-Object -Unique | Should -Be six
    }

    It 'opens the port of a routed network at the container itself, and none of an internal one; both are said' {
        New-BridgeContainer r1 routed | Out-Null
        $port = Publish-BridgePort r1 8080:80 -WarningVariable said -WarningAction SilentlyContinue
        "$port $($port.HostPort)" | Should -Be '80/tcp 0'
        "$said" | Should -Match 'is routed'
        New-BridgeContainer i1 inside | Out-Null
        Publish-BridgePort i1 8080:80 -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$said" | Should -Match 'is internal'
    }

    It 'accepts containers by value and by property name, and several ports' {
        ('w1' | Publish-BridgePort -Port 8080:80, 8443:443).HostPort | Should -Be 8080, 8443
        (Get-BridgeContainer | Publish-BridgePort -Port :90).ContainerName | Should -Be w1, w2
    }

    It '-WhatIf changes nothing' {
        Publish-BridgePort w1 8080:80 -WhatIf | Should -BeNullOrEmpty
        Get-BridgePort | Should -BeNullOrEmpty
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            (Publish-BridgePort w1 8080:80 -Confirm:$false).HostPort | Should -Be 8080
        }
    }

    It 'names the owner of a port in use: a container, or a process of the host' {
        Publish-BridgePort w1 8080:80 | Out-Null
        { Publish-BridgePort w2 8080:80 -ErrorAction Stop } | Should -Throw "*container 'w1'*" -ErrorId 'PortInUse,*'
        { Publish-BridgePort w2 127.0.0.1:8080:80 -ErrorAction Stop } | Should -Throw "*container 'w1'*" -ErrorId 'PortInUse,*'
        { Publish-BridgePort w2 8080:80/udp -ErrorAction Stop } | Should -Not -Throw
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Any, 0)
        $listener.Start()
        try { { Publish-BridgePort w2 "$($listener.LocalEndpoint.Port):80" -ErrorAction Stop } | Should -Throw "*pid $PID*" -ErrorId 'PortInUse,*' }
        finally { $listener.Stop() }
    }

    It 'refuses <command> with <id>, and publishes nothing' -ForEach @(
        @{ command = 'Publish-BridgePort nosuch 80'; id = 'ContainerNotFound' }
        @{ command = 'Publish-BridgePort w1 80 -Network nosuch'; id = 'NetworkNotFound' }
        @{ command = 'Publish-BridgePort w1 80 -Network six'; id = 'NotConnected' }
        @{ command = 'Publish-BridgePort w1 foo:80'; id = 'InvalidPort' }
        @{ command = 'Publish-BridgePort w1 8080:80, foo:80'; id = 'InvalidPort' }
        @{ command = 'Publish-BridgePort w1 192.0.2.1:8080:80'; id = 'InvalidPort' }
        @{ command = 'Publish-BridgePort w1 8080:80, 8080:81'; id = 'PortInUse' }
    ) {
        foreach ($dry in '', '-WhatIf') {
            { Invoke-Expression "$command $dry -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.PublishBridgePortCommand"
        }
        Get-BridgePort | Should -BeNullOrEmpty
    }

    It 'is removed with the container, and the port is free again' {
        Publish-BridgePort w1 8080:80 | Out-Null
        Remove-BridgeContainer w1
        Get-BridgePort | Should -BeNullOrEmpty
        (Publish-BridgePort w2 8080:80).HostPort | Should -Be 8080
    }

    It 'completes containers and networks' {
        Get-Completion 'Publish-BridgePort w' | Should -Be w1, w2
        Get-Completion 'Publish-BridgePort w1 80 -Network r' | Should -Be routed
    }
}
