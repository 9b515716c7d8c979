# Two networks, their containers, the isolation between them, and the way through.
# (Out-Default: after a table of one type, objects of another would be shown as lists.)
# Leaves nothing behind; exits with 1 if any expectation fails.
$ErrorActionPreference = 'Stop'
$failed = 0

function Step([string] $text) { "`n== $text" }
function Expect([string] $what, [bool] $truth) {
    if ($truth) { "   ok: $what" } else { $script:failed++; "   FAILED: $what" }
}
function Refused([string] $errorId, [scriptblock] $command) {
    try { & $command | Out-Null; Expect "refused with $errorId" $false }
    catch { Expect "refused: $($_.Exception.Message)" ($_.FullyQualifiedErrorId -like "$errorId,*") }
}

try {
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

    Step 'Within a network: reachable. Between networks: not, though the host forwards'
    $within = Test-BridgeConnection c2 c1
    $between = Test-BridgeConnection c3 173.20.0.2 -TimeoutMilliseconds 300
    $within, $between | Out-Default
    Expect 'c2 reaches c1' $within.Reachable
    Expect 'c3 does not reach 173.20.0.2' ($between.LossPercent -eq 100)
    Expect 'ip_forward is 1' ([IO.File]::ReadAllText('/proc/sys/net/ipv4/ip_forward').Trim() -eq '1')

    Step 'Connected to the second network, c3 has a second interface and gets through'
    Connect-BridgeNetwork test_net2 c3 | Out-Null
    Get-BridgeEndpoint -Container c3 | Out-Default
    Expect 'c3 has eth0 and eth1' ((Get-BridgeEndpoint -Container c3).Count -eq 2)
    Expect 'c3 reaches c1' (Test-BridgeConnection c3 c1 -Quiet)

    Step 'Disconnected, it is isolated again; a network in use is not removed'
    Disconnect-BridgeNetwork test_net2 c3
    Expect 'c3 does not reach c1' (-not (Test-BridgeConnection c3 173.20.0.2 -TimeoutMilliseconds 300 -Quiet))
    Refused NetworkInUse { Remove-BridgeNetwork test_net2 }
}
catch {
    $failed++
    "   FAILED: $($_.Exception.Message)"
}
finally {
    Step 'Everything goes'
    Get-BridgeContainer | Remove-BridgeContainer
    Get-BridgeNetwork test_* | Remove-BridgeNetwork
    Get-BridgeNetwork | Out-Default
    Expect 'no container is left' (@(Get-BridgeContainer).Count -eq 0)
    Expect 'no bridge is left' (-not ([IO.Directory]::GetDirectories('/proc/sys/net/ipv4/conf') -like '*/br-*'))
}
"`n$(if ($failed) { "$failed expectations failed" } else { 'All as expected.' })"
exit [int] ($failed -gt 0)
