BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Get-BridgePort' {
    BeforeAll {
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeContainer web1 net -Publish 8080:80, 127.0.0.1:5353:53/udp | Out-Null
        New-BridgeContainer web2 net -Publish 8081:80 | Out-Null
        New-BridgeContainer db net | Out-Null
        New-BridgeNetwork routed -Subnet 10.51.0.0/16 -GatewayMode Routed | Out-Null
        New-BridgeContainer r1 routed -Publish 80 | Out-Null
    }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns BridgePort objects, as its OutputType says, by container and port' {
        (Get-Command Get-BridgePort).OutputType.Name | Should -Be BridgeNet.Model.BridgePort
        Get-BridgePort | Should -BeOfType BridgeNet.Model.BridgePort
        Get-BridgePort | ForEach-Object { "$($_.ContainerName) $_" } | Should -Be 'r1 80/tcp', 'web1 127.0.0.1:5353->53/udp', 'web1 0.0.0.0:8080->80/tcp', 'web2 0.0.0.0:8081->80/tcp'
    }

    It 'chooses by container, port and protocol' {
        (Get-BridgePort web1).ContainerPort | Should -Be 53, 80
        (Get-BridgePort web* 80).HostPort | Should -Be 8080, 8081
        (Get-BridgePort web1 53 -Protocol udp).HostPort | Should -Be 5353
        (Get-BridgePort -Protocol UDP).ContainerName | Should -Be web1
        (Get-BridgePort (Get-BridgeContainer web2).ShortId).HostPort | Should -Be 8081
        Get-BridgePort db | Should -BeNullOrEmpty
    }

    It 'accepts containers by value and by property name' {
        ('web2', 'web1' | Get-BridgePort).ContainerName | Should -Be web2, web1, web1
        (Get-BridgeContainer web* | Get-BridgePort -Protocol tcp).HostPort | Should -Be 8080, 8081
    }

    It 'reports a missing container or port; a wildcard that matches nothing is no error' {
        { Get-BridgePort nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'ContainerNotFound,BridgeNet.Commands.GetBridgePortCommand'
        { Get-BridgePort web1 81 -ErrorAction Stop } | Should -Throw -ErrorId 'PortNotFound,BridgeNet.Commands.GetBridgePortCommand'
        { Get-BridgePort nosuch* -ErrorAction Stop } | Should -Not -Throw
        { Get-BridgePort web* 81 -ErrorAction Stop } | Should -Not -Throw
        { Get-BridgePort -ContainerPort 81 -ErrorAction Stop } | Should -Not -Throw
    }

    It 'shows a table; a routed port has none of the host' {
        $lines = Get-BridgePort | Show
        $lines[0] | Should -Match '^CONTAINER +NETWORK +PORT +HOST ADDRESS +HOST PORT *$'
        $lines[2] | Should -Match '^r1 +routed +80/tcp *$'
        $lines[3] | Should -Match '^web1 +net +53/udp +127\.0\.0\.1 +5353 *$'
    }

    It 'comes back from Export-Clixml and is still shown as a port' {
        $file = Join-Path $TestDrive ports.xml
        Get-BridgePort web2 | Export-Clixml $file
        (Import-Clixml $file | Show)[2] | Should -Match '^web2 +net +80/tcp +0\.0\.0\.0 +8081 *$'
    }

    It 'does not select all objects for an unset variable' {
        { Get-BridgePort $notSet } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Get-BridgePort '' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'completes containers, their published ports, and protocols' {
        Get-Completion 'Get-BridgePort w' | Should -Be web1, web2
        Get-Completion 'Get-BridgePort web1 ' | Should -Be 53, 80
        Get-Completion 'Get-BridgePort -Protocol u' | Should -Be udp
    }
}
