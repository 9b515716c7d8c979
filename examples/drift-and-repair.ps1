# Somebody changes what the kernel has: it is reported with what repairs it, and repaired, while connections that work go on.
. $PSScriptRoot/Expect.ps1

Complete {
    Step 'A network that is as it should be'
    $net = New-BridgeNetwork web -Subnet 10.86.0.0/24
    'a', 'b' | New-BridgeContainer -Network web | Out-Null
    Expect 'the kernel is as the state says' (Test-BridgeNetwork)

    Step 'The host''s forwarding is switched off, and the bridge made to answer where it should not'
    [IO.File]::WriteAllText('/proc/sys/net/ipv4/ip_forward', '0')
    [IO.File]::WriteAllText("/proc/sys/net/ipv4/conf/$($net.BridgeName)/route_localnet", '1')
    $drift = Test-BridgeNetwork -Detailed
    $drift | Out-Default
    Expect 'both are reported' ($drift.Count -eq 2)
    Expect 'each with the command that repairs it' (-not ($drift.Repair -notlike 'sysctl -w *'))

    Step 'What a repair would do, and the repair'
    Repair-BridgeNetwork -WhatIf
    Expect '-WhatIf repairs nothing' (-not (Test-BridgeNetwork))
    Repair-BridgeNetwork
    Expect 'the kernel is as the state says' (Test-BridgeNetwork)
    Expect 'a reaches b' (Test-BridgeConnection a b -Quiet)
}
exit [int] ($failed -gt 0)
