# Kernel settings are changed by hand: the drift is reported with the commands that repair it, and repaired, while connections continue.
. $PSScriptRoot/Expect.ps1

Complete {
    Step 'A network without drift'
    $net = New-BridgeNetwork web -Subnet 10.86.0.0/24
    'a', 'b' | New-BridgeContainer -Network web | Out-Null
    Expect 'there is no drift' (Test-BridgeNetwork)

    Step 'The host''s forwarding is switched off, and the bridge routes the loopback range'
    [IO.File]::WriteAllText('/proc/sys/net/ipv4/ip_forward', '0')
    [IO.File]::WriteAllText("/proc/sys/net/ipv4/conf/$($net.BridgeName)/route_localnet", '1')
    $drift = Test-BridgeNetwork -Detailed
    $drift | Out-Default
    Expect 'both are reported' ($drift.Count -eq 2)
    Expect 'each with the command that repairs it' (-not ($drift.Repair -notlike 'sysctl -w *'))

    Step 'A dry run, and the repair'
    Repair-BridgeNetwork -WhatIf
    Expect '-WhatIf repairs nothing' (-not (Test-BridgeNetwork))
    Repair-BridgeNetwork
    Expect 'there is no drift' (Test-BridgeNetwork)
    Expect 'a reaches b' (Test-BridgeConnection a b -Quiet)
}
exit [int] ($failed -gt 0)
