BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Unpublish-BridgePort' {
    BeforeAll { New-BridgeNetwork net -Subnet 10.50.0.0/16, 2001:db8:1::/64 | Out-Null }
    BeforeEach {
        New-BridgeContainer w1 net -Publish 0.0.0.0:8080:80, 0.0.0.0:8081:80, 0.0.0.0:5353:53/udp | Out-Null
        New-BridgeContainer w2 net -Publish 8443:443 | Out-Null
    }
    AfterEach { Get-BridgeContainer | Remove-BridgeContainer }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'closes all published ports of a container port, and returns nothing' {
        Unpublish-BridgePort w1 80 | Should -BeNullOrEmpty
        Get-BridgePort w1 | ForEach-Object { "$_" } | Should -Be '0.0.0.0:5353->53/udp'
        Unpublish-BridgePort w2 443
        Get-BridgePort w2 | Should -BeNullOrEmpty
    }

    It 'closes only that of a protocol or of a port of the host' {
        Unpublish-BridgePort w1 80 -HostPort 8081
        Unpublish-BridgePort w1 53 -Protocol UDP
        Get-BridgePort w1 | ForEach-Object { "$_" } | Should -Be '0.0.0.0:8080->80/tcp'
    }

    It 'accepts ports from the pipeline' {
        Get-BridgePort w1 | Where-Object HostPort -GT 8000 | Unpublish-BridgePort
        (Get-BridgePort).HostPort | Should -Be 5353, 8443, 8443
        Get-BridgePort | Unpublish-BridgePort
        Get-BridgePort | Should -BeNullOrEmpty
    }

    It 'leaves the port free' {
        Unpublish-BridgePort w1 80 -HostPort 8080
        (Publish-BridgePort w2 0.0.0.0:8080:80).HostPort | Should -Be 8080
    }

    It '-WhatIf closes nothing' {
        Get-BridgePort | Unpublish-BridgePort -WhatIf
        Get-BridgePort | Should -HaveCount 5
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            Unpublish-BridgePort w2 443 -Confirm:$false
        }
        Get-BridgePort w2 | Should -BeNullOrEmpty
    }

    It 'refuses <command> with <id>' -ForEach @(
        @{ command = 'Unpublish-BridgePort nosuch 80'; id = 'ContainerNotFound' }
        @{ command = 'Unpublish-BridgePort w1 81'; id = 'PortNotFound' }
        @{ command = 'Unpublish-BridgePort w1 80 -Protocol udp'; id = 'PortNotFound' }
        @{ command = 'Unpublish-BridgePort w1 80 -HostPort 9'; id = 'PortNotFound' }
    ) {
        foreach ($dry in '', '-WhatIf') {
            { Invoke-Expression "$command $dry -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.UnpublishBridgePortCommand"
        }
        Get-BridgePort | Should -HaveCount 5
    }

    It 'completes containers, their published ports, and protocols' {
        Get-Completion 'Unpublish-BridgePort w' | Should -Be w1, w2
        Get-Completion 'Unpublish-BridgePort w1 ' | Should -Be 53, 80
        Get-Completion 'Unpublish-BridgePort w1 80 -Protocol ' | Should -Be sctp, tcp, udp
    }
}
