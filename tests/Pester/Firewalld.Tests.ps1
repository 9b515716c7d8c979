BeforeAll {
    . $PSScriptRoot/Lab.ps1
    $missing = 'firewalld', 'firewall-cmd', 'dbus-daemon', 'dbus-monitor', 'iptables', 'iptables-save' | Where-Object { -not (Get-Command $_ -ErrorAction Ignore) }
    $whyNot = if ($missing) { "not installed: $missing" }
    elseif ((Get-Content /proc/self/uid_map) -notmatch '^\s*0\s+0\s+4294967295') { 'firewalld needs the real root' }
    elseif ($env:BRIDGENET_FIREWALL -ne 'iptables') { 'what is in a table of nf_tables of our own, firewalld does not flush' }
    elseif ((Get-Module Pester).Version.Major -lt 6) { 'once is enough' }
}

Describe 'contrib/systemd/bridgenet-firewalld beside the real firewalld' {
    BeforeAll {
        $running = @{}

        function Wait-For([string] $what, [scriptblock] $condition) {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            while (-not (& $condition)) {
                if ($clock.Elapsed.TotalSeconds -gt 60) {
                    throw "Not within a minute: $what`n$(Get-Content /run/firewalld.log, /run/repair.log -ErrorAction Ignore | Out-String)"
                }
            }
        }

        function Start-Firewalld {
            $running.Firewalld = Start-Process sh '-c', '"exec firewalld --nofork --nopid --system-config /run/firewalld --log-target=console >/run/firewalld.log 2>&1"' -PassThru
            Wait-For 'firewalld runs' { firewall-cmd --state *> $null; -not $LASTEXITCODE }
        }

        function Stop-Firewalld { kill $running.Firewalld.Id; $running.Firewalld.WaitForExit(); $running.Remove('Firewalld') }

        # The admin's rules go with a flush and do not come back, so that one shows that there was a flush.
        function Add-Mark { iptables -A BRIDGENET-USER -s 192.0.2.99 -j RETURN }
        function Wait-ForFlush { Wait-For 'the flush' { -not ((iptables-save) -match '192\.0\.2\.99') } }
        function Wait-ForRules { Wait-For 'our rules are back' { -not (Test-BridgeNetwork -Detailed | Where-Object Kind -EQ Rule) } }

        function Start-All {
            New-Item -ItemType Directory -Force /run/dbus, /run/bin | Out-Null
            Copy-Item -Recurse /etc/firewalld /run/firewalld
            # Neither starts a service of the machine's: the bus knows of none.
            Set-Content /run/bus.conf @'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy></busconfig>
'@
            $running.Bus = [int](dbus-daemon --config-file=/run/bus.conf --fork --nopidfile --print-pid 2>$null)
            $library = if ((Split-Path -Leaf ([Environment]::ProcessPath)) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll }
            Set-Content /run/bin/pwsh "#!/bin/sh`nPSModulePath=/run/modules exec '$([Environment]::ProcessPath)' $library `"`$@`" >>/run/repair.log 2>&1"
            chmod 755 /run/bin/pwsh
            $env:PATH = "/run/bin:$env:PATH"
            New-Item -ItemType SymbolicLink -Force /run/modules/BridgeNet -Target (Get-Module BridgeNet).ModuleBase | Out-Null
            Start-Firewalld
            $running.Watcher = Start-Process sh "$PSScriptRoot/../../contrib/systemd/bridgenet-firewalld" -PassThru
        }
    }

    BeforeEach {
        New-BridgeNetwork web | Out-Null
        New-BridgeContainer server web -Publish 8080:80 | Out-Null
    }

    AfterEach {
        # The monitor ends with the bus, and the script with the monitor.
        if ($running.Firewalld) { Stop-Firewalld }
        if ($running.Bus) { kill $running.Bus; $running.Watcher?.WaitForExit() }
        Clear-Lab
    }

    AfterAll { Assert-NothingRemains }

    It 'brings our rules back after its start, a reload, a complete reload, a restart and its end' {
        if ($whyNot) { Set-ItResult -Skipped -Because $whyNot }
        Start-All
        Wait-ForRules
        foreach ($act in { firewall-cmd --reload }, { firewall-cmd --complete-reload }, { Stop-Firewalld }, { Start-Firewalld }) {
            Add-Mark
            & $act | Out-Null
            Wait-ForFlush
            Wait-ForRules
        }
    }
}
