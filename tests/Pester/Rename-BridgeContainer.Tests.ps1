BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Rename-BridgeContainer' {
    BeforeAll { New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null }
    BeforeEach {
        New-BridgeContainer c1 net -Publish 8080:80 -Alias www | Out-Null
        New-BridgeContainer c2 net | Out-Null
    }
    AfterEach { Get-BridgeContainer | Remove-BridgeContainer }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns nothing, or the container with -PassThru, as its OutputType says' {
        (Get-Command Rename-BridgeContainer).OutputType.Name | Should -Be BridgeNet.Model.BridgeContainer
        Rename-BridgeContainer c1 web | Should -BeNullOrEmpty
        (Rename-BridgeContainer web web1 -PassThru).Name | Should -Be web1
    }

    It 'keeps id, addresses, ports and namespace' {
        $before = Get-BridgeContainer c1
        $space = Invoke-BridgeContainer c1 readlink /proc/self/ns/net
        $after = Rename-BridgeContainer c1 web -PassThru
        "$($after.Id) $($after.Endpoints[0].IPAddress) $($after.Ports)" | Should -Be "$($before.Id) $($before.Endpoints[0].IPAddress) $($before.Ports)"
        $after.NetNSPath | Should -Exist
        $before.NetNSPath | Should -Not -Exist
        Invoke-BridgeContainer web readlink /proc/self/ns/net | Should -Be $space
        (Get-BridgePort).ContainerName | Sort-Object -Unique | Should -Be web
        (Get-BridgeEndpoint net).ContainerName | Sort-Object | Should -Be c2, web
        Test-BridgeConnection c2 web -Quiet | Should -BeTrue
    }

    It 'is known to its neighbours by the new name and the alias, and no more by the old one' {
        Rename-BridgeContainer c1 web
        Invoke-BridgeContainer c2 -- getent -s files hosts web | Should -Match web
        Invoke-BridgeContainer c2 -- getent -s files hosts www | Should -Match www
        Invoke-BridgeContainer c2 -- getent -s files hosts c1 | Should -BeNullOrEmpty
        Invoke-BridgeContainer web -- getent -s files hosts web | Should -Match web
    }

    It 'accepts ids, and containers from the pipeline' {
        Rename-BridgeContainer (Get-BridgeContainer c1).ShortId a
        Get-BridgeContainer a | Rename-BridgeContainer -NewName b
        (Get-BridgeContainer b).Networks | Should -Be net
    }

    It '-WhatIf changes nothing' {
        Rename-BridgeContainer c1 web -WhatIf
        (Get-BridgeContainer).Name | Should -Be c1, c2
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            (Rename-BridgeContainer c1 web -Confirm:$false -PassThru).Name | Should -Be web
        }
    }

    It 'refuses <command> with <id>' -ForEach @(
        @{ command = 'Rename-BridgeContainer nosuch x'; id = 'ContainerNotFound' }
        @{ command = 'Rename-BridgeContainer c1 c2'; id = 'ContainerExists' }
        @{ command = 'Rename-BridgeContainer c1 c1'; id = 'ContainerExists' }
        @{ command = "Rename-BridgeContainer c1 'a b'"; id = 'InvalidName' }
    ) {
        foreach ($dry in '', '-WhatIf') {
            { Invoke-Expression "$command $dry -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.RenameBridgeContainerCommand"
        }
        (Get-BridgeContainer).Name | Should -Be c1, c2
    }

    It 'completes containers' {
        Get-Completion 'Rename-BridgeContainer c' | Should -Be c1, c2
    }
}
