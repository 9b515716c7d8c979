BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Set-BridgeNetwork' {
    BeforeEach {
        New-BridgeNetwork web -Subnet 10.50.0.0/16 -Label env=test, draft | Out-Null
        New-BridgeNetwork lab1, lab2 | Out-Null
        New-BridgeContainer c1, c2 web | Out-Null
    }
    AfterEach { Clear-Lab }
    AfterAll { Assert-NothingRemains }

    It 'returns nothing, or the network with -PassThru, as its OutputType says' {
        (Get-Command Set-BridgeNetwork).OutputType.Name | Should -Be BridgeNet.Model.BridgeNetwork
        Set-BridgeNetwork web -Label a | Should -BeNullOrEmpty
        Set-BridgeNetwork web -Label b -PassThru | Should -BeOfType BridgeNet.Model.BridgeNetwork
    }

    It 'adds, changes and removes labels, and only these' {
        $network = Set-BridgeNetwork web -Label @{ env = 'prod'; tier = 1 } -RemoveLabel draft, nosuch -PassThru
        $network.Labels.Keys | Sort-Object | Should -Be env, tier
        $network.Labels['env'] | Should -Be prod
        "$($network.Subnet) $($network.Containers.Count)" | Should -Be '10.50.0.0/16 2'
    }

    It 'sets the MTU of the bridge and of all endpoints' {
        (Set-BridgeNetwork web -Mtu 1400 -PassThru).Mtu | Should -Be 1400
        Invoke-BridgeContainer c1 cat /sys/class/net/eth0/mtu | Should -Be 1400
        Invoke-BridgeContainer c2 cat /sys/class/net/eth0/mtu | Should -Be 1400
    }

    It 'keeps containers from each other and lets them again' {
        Set-BridgeNetwork web -InterContainer $false
        Test-BridgeConnection c1 c2 -Quiet -Count 1 -TimeoutMilliseconds 300 | Should -BeFalse
        Test-BridgeConnection c1 10.50.0.1 -Quiet -Count 1 | Should -BeTrue
        Set-BridgeNetwork web -InterContainer $true
        Test-BridgeConnection c1 c2 -Quiet | Should -BeTrue
    }

    It 'lets containers send as themselves only, or as they like' {
        if (-not (Get-Command ip -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'ip is not installed' }
        $own = (Get-BridgeContainer c1).IPAddress
        function Send-From($address) { Invoke-BridgeContainer c1 ip route replace 10.50.0.0/16 dev eth0 src $address }
        Invoke-BridgeContainer c1 ip address add 10.50.0.77/16 dev eth0
        Send-From 10.50.0.77
        Test-BridgeConnection c1 c2 -Quiet | Should -BeTrue
        (Set-BridgeNetwork web -AntiSpoof $true -PassThru).AntiSpoof | Should -BeTrue
        Test-BridgeConnection c1 c2 -Quiet -Count 1 -TimeoutMilliseconds 300 | Should -BeFalse
        Send-From $own
        Test-BridgeConnection c1 c2 -Quiet | Should -BeTrue
        Test-BridgeNetwork | Should -BeTrue
        (Set-BridgeNetwork web -AntiSpoof $false -PassThru).AntiSpoof | Should -BeFalse
        Send-From 10.50.0.77
        Test-BridgeConnection c1 c2 -Quiet | Should -BeTrue
    }

    It 'cuts it off with -Internal, with the default route, and back' {
        Get-DefaultInterface c1 | Should -Be eth0
        (Set-BridgeNetwork web -Internal $true -PassThru).Internal | Should -BeTrue
        Get-DefaultInterface c1 | Should -BeNullOrEmpty
        Set-BridgeNetwork web -Internal $false
        Get-DefaultInterface c1 | Should -Be eth0
    }

    It 'sets masquerade, gateway mode and the address of outgoing packets, by parameter or option' {
        $network = Set-BridgeNetwork web -Masquerade $false -GatewayMode Routed -SnatAddress 192.0.2.7 -PassThru
        "$($network.Masquerade) $($network.GatewayMode) $($network.Options['com.docker.network.host_ipv4'])" | Should -Be 'False Routed 192.0.2.7'
        $network = Set-BridgeNetwork web -Option com.docker.network.bridge.enable_ip_masquerade=true, com.docker.network.bridge.gateway_mode_ipv4=nat -PassThru
        "$($network.Masquerade) $($network.GatewayMode)" | Should -Be 'True Nat'
    }

    It 'accepts wildcards, ids, names by value and networks by property name' {
        (Set-BridgeNetwork lab* -Mtu 1300 -PassThru).Name | Should -Be lab1, lab2
        (Set-BridgeNetwork (Get-BridgeNetwork web).ShortId -Label a -PassThru).Name | Should -Be web
        ('lab1', 'web' | Set-BridgeNetwork -Label a -PassThru).Name | Should -Be lab1, web
        (Get-BridgeNetwork lab2 | Set-BridgeNetwork -Label a -PassThru).Name | Should -Be lab2
        { Set-BridgeNetwork nosuch* -Mtu 1300 -ErrorAction Stop } | Should -Not -Throw
    }

    It '-WhatIf changes nothing' {
        $before = Get-BridgeNetwork -AsJson
        Set-BridgeNetwork web -Mtu 1400 -Internal $true -Label a -WhatIf
        Get-BridgeNetwork -AsJson | Should -Be $before
        Invoke-BridgeContainer c1 cat /sys/class/net/eth0/mtu | Should -Be 1500
    }

    It '-Confirm:$false asks nothing' {
        & {
            $ConfirmPreference = 'Low'
            (Set-BridgeNetwork web -Mtu 1400 -Confirm:$false -PassThru).Mtu | Should -Be 1400
        }
    }

    It '-Verbose says ip link set ... mtu' {
        (Set-BridgeNetwork web -Mtu 1400 -Verbose 4>&1).Message | Should -Contain "ip link set $((Get-BridgeNetwork web).BridgeName) mtu 1400"
    }

    It 'refuses <command> with <id>, and changes nothing of it' -ForEach @(
        @{ command = 'Set-BridgeNetwork nosuch -Mtu 1400'; id = 'NetworkNotFound' }
        @{ command = 'Set-BridgeNetwork host -Mtu 1400'; id = 'PredefinedNetwork' }
        @{ command = 'Set-BridgeNetwork web -Mtu 10 -Label a'; id = 'InvalidOption' }
        @{ command = 'Set-BridgeNetwork web -Option com.docker.network.bridge.name=x'; id = 'InvalidOption' }
        @{ command = 'Set-BridgeNetwork web -GatewayMode Isolated -Internal $true'; id = 'InvalidOption' }
        @{ command = 'Set-BridgeNetwork web -Label =x'; id = 'InvalidOption' }
    ) {
        $before = Get-BridgeNetwork -AsJson
        { Invoke-Expression "$command -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.SetBridgeNetworkCommand"
        { Invoke-Expression "$command -WhatIf -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.SetBridgeNetworkCommand"
        Get-BridgeNetwork -AsJson | Should -Be $before
    }

    It 'completes networks, keys of options, keys of labels and truth values' {
        Get-Completion 'Set-BridgeNetwork w' | Should -Be web
        Get-Completion 'Set-BridgeNetwork web -Option com.docker.network.d' | Should -Be 'com.docker.network.driver.mtu='
        Get-Completion 'Set-BridgeNetwork web -RemoveLabel ' | Should -Be draft, env
        Get-Completion 'Set-BridgeNetwork web -Internal ' | Should -Be '$true', '$false'
    }
}
