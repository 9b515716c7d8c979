BeforeAll {
    . $PSScriptRoot/Lab.ps1
    if (-not (Get-Command ip -ErrorAction Ignore)) { throw 'These tests break networks with ip (iproute2).' }

    # What -WhatIf lists is written to the host; a transcript is where it can be read.
    function Get-Plan([scriptblock] $command) {
        $file = [IO.Path]::GetTempFileName()
        try {
            Start-Transcript $file | Out-Null
            try { & $command } finally { Stop-Transcript | Out-Null }
            $lines = @(Get-Content $file)
            $lines[$lines.IndexOf(($lines -match '^What if: ')[0])..$lines.Count] -match '^  ' | ForEach-Object { $_.Trim() }
        }
        finally { Remove-Item $file }
    }
}

Describe 'Repair-BridgeNetwork' {
    BeforeEach {
        New-BridgeNetwork web1, web2 | Out-Null
        New-BridgeContainer c1, c2 web1 | Out-Null
        $bridge = (Get-BridgeNetwork web1).BridgeName
    }
    AfterEach { Clear-Lab }
    AfterAll { Assert-NothingRemains }

    It 'returns nothing, and restores everything' {
        $before = Get-BridgeNetwork web1
        ip link delete $bridge
        Repair-BridgeNetwork | Should -BeNullOrEmpty
        Test-BridgeNetwork | Should -BeTrue
        Get-LinkName | Should -Contain $bridge
        (Get-BridgeNetwork web1).Id | Should -Be $before.Id
        (Test-BridgeConnection c1 c2).Reachable | Should -BeTrue
    }

    It 'does nothing a second time' {
        ip link set $bridge mtu 1400
        Repair-BridgeNetwork
        $links = ip -o link
        Repair-BridgeNetwork -PassThru | Should -BeNullOrEmpty
        (Repair-BridgeNetwork -Verbose 4>&1).Message | Should -Match '^Performing the operation' # what it would ask, and no step
        ip -o link | Should -Be $links
    }

    It '-PassThru returns the drift' {
        ip link set $bridge mtu 1400
        $found = Repair-BridgeNetwork -PassThru
        $found | Should -BeOfType BridgeNet.Model.BridgeDrift
        $found.Actual | Should -Be 'mtu 1400'
    }

    It 'repairs chosen networks, by name, wildcard, and from the pipeline' {
        $other = (Get-BridgeNetwork web2).BridgeName
        foreach ($repair in { Repair-BridgeNetwork web1 }, { Repair-BridgeNetwork *1 }, { Get-BridgeNetwork web1 | Repair-BridgeNetwork }, { 'web1' | Repair-BridgeNetwork }) {
            ip link set $bridge mtu 1400
            ip link set $other mtu 1400
            & $repair
            (Test-BridgeNetwork web1), (Test-BridgeNetwork web2) | Should -Be $true, $false
        }
    }

    It '-WhatIf lists exactly the steps that -Verbose prints, and changes nothing' {
        ip link delete $bridge
        ip link set (Get-BridgeNetwork web2).BridgeName mtu 1400
        $links = ip -o link
        $plan = Get-Plan { Repair-BridgeNetwork -WhatIf }
        ip -o link | Should -Be $links
        $plan | Should -Contain "ip link set $((Get-BridgeNetwork web2).BridgeName) mtu 1500"
        $done = (Repair-BridgeNetwork -Verbose 4>&1).Message | Where-Object { $_ -notmatch '^Performing the operation' }
        $plan | Should -Be $done
    }

    It '-Confirm:$false asks nothing' {
        ip link set $bridge mtu 1400
        & {
            $ConfirmPreference = 'Low'
            Repair-BridgeNetwork -Confirm:$false
        }
        Test-BridgeNetwork | Should -BeTrue
    }

    It 'brings flushed rules back' {
        $before = Get-RuleOfOurs
        if ($env:BRIDGENET_FIREWALL -eq 'iptables') { iptables -F; iptables -t nat -F } else {
            if (-not (Get-Command nft -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'nft is not installed' }
            nft flush ruleset
        }
        Get-RuleOfOurs | Should -Not -Be $before
        Repair-BridgeNetwork
        Get-RuleOfOurs | Sort-Object | Should -Be ($before | Sort-Object)
    }

    It 'warns about unrepairable drift, with the fix, and repairs the rest' {
        $stranger = Start-Stranger
        Connect-BridgeNetwork web2 -ProcessId $stranger.Id -Container stranger | Out-Null
        Stop-Process $stranger
        $stranger.WaitForExit()
        ip link set $bridge mtu 1400
        Repair-BridgeNetwork -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction Stop
        $warnings | Should -HaveCount 1
        $warnings[0].Message | Should -Match 'missing, not a network namespace'
        $warnings[0].Message | Should -Match 'remove the container stranger'
        (Test-BridgeNetwork -Detailed).ContainerName | Should -Be stranger
        (Get-BridgeContainer stranger).Status | Should -Be dead
    }

    It 'refuses a network that is not there' {
        { Repair-BridgeNetwork nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkNotFound,BridgeNet.Commands.RepairBridgeNetworkCommand'
        Repair-BridgeNetwork nosuch* | Should -BeNullOrEmpty
    }

    It 'completes names' {
        Get-Completion 'Repair-BridgeNetwork w' | Should -Be web1, web2
    }
}
