# Two networks, their containers, the isolation between them, and a connection through it.
# (Out-Default: after a table of one type, PowerShell shows objects of another type as lists.)
# Leaves nothing behind; exits with 1 if any expectation fails.
. $PSScriptRoot/Expect.ps1

Complete {
    Step 'Two networks: one with a subnet from the pools, one with a given subnet'
    $net1 = New-BridgeNetwork test_net1
    $net2 = New-BridgeNetwork test_net2 -Subnet 173.20.0.0/16 -Gateway 173.20.0.1
    Get-BridgeNetwork | Out-Default
    Expect "test_net1 has $($net1.Subnet)" ("$($net1.Subnet)" -ne '')
    Expect 'test_net2 has 173.20.0.1 as gateway' ("$($net2.Gateway)" -eq '173.20.0.1')
    Refused NetworkExists { New-BridgeNetwork test_net1 }
    Refused SubnetOverlaps { New-BridgeNetwork test_net3 -Subnet 173.20.5.0/24 }

    Step 'Containers'
    New-BridgeContainer c1 -Network test_net2 | Out-Null
    New-BridgeContainer c2 -Network test_net2 -IPAddress 173.20.0.4 | Out-Null
    New-BridgeContainer c3 -Network test_net1 | Out-Null
    Get-BridgeContainer | Out-Default
    $e1 = Get-BridgeEndpoint -Container c1
    Expect 'c1 has 173.20.0.2, 02:42:ad:14:00:02 and eth0' ("$($e1.IPAddress) $($e1.MacAddress) $($e1.InterfaceName)" -eq '173.20.0.2 02:42:ad:14:00:02 eth0')
    Refused AddressInUse { New-BridgeContainer c4 -Network test_net2 -IPAddress 173.20.0.4 }
    Refused StaticAddressNeedsSubnet { New-BridgeContainer c4 -Network test_net1 -IPAddress 172.17.0.9 }

    Step 'Within a network: reachable. Between networks: not, although the host forwards'
    $within = Test-BridgeConnection c2 c1
    $between = Test-BridgeConnection c3 173.20.0.2 -TimeoutMilliseconds 300
    $within, $between | Out-Default
    Expect 'c2 reaches c1' $within.Reachable
    Expect 'c3 does not reach 173.20.0.2' ($between.LossPercent -eq 100)
    Expect 'ip_forward is 1' ([IO.File]::ReadAllText('/proc/sys/net/ipv4/ip_forward').Trim() -eq '1')

    Step 'Connected to the second network, c3 has a second interface and reaches it'
    Connect-BridgeNetwork test_net2 c3 | Out-Null
    Get-BridgeEndpoint -Container c3 | Out-Default
    Expect 'c3 has eth0 and eth1' ((Get-BridgeEndpoint -Container c3).Count -eq 2)
    Expect 'c3 reaches c1' (Test-BridgeConnection c3 c1 -Quiet)

    Step 'Disconnected, it is isolated again; a network in use is not removed'
    Disconnect-BridgeNetwork test_net2 c3
    Expect 'c3 does not reach c1' (-not (Test-BridgeConnection c3 173.20.0.2 -TimeoutMilliseconds 300 -Quiet))
    Refused NetworkInUse { Remove-BridgeNetwork test_net2 }
}
exit [int] ($failed -gt 0)
