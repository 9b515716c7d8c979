# IPv4 and IPv6 side by side: subnets from the pools, static addresses, and the missing family is closed.
. $PSScriptRoot/Expect.ps1

Complete {
    Step 'One network of both families, one of IPv6 alone'
    $both = New-BridgeNetwork both -Subnet 10.82.0.0/24, fd00:82::/64
    $six = New-BridgeNetwork six -IPv6 -NoIPv4
    $both, $six | Format-Table Name, Subnet, IPv6Subnet, IPv6Gateway | Out-Default
    Expect 'the pool of IPv6 is unique local (RFC 4193)' ("$($six.IPv6Subnet)" -like 'fd*')

    Step 'Containers with addresses of both'
    New-BridgeContainer a -Network both -IPAddress 10.82.0.5 -IPv6Address fd00:82::5 | Out-Null
    New-BridgeContainer b -Network both | Out-Null
    New-BridgeContainer c -Network six | Out-Null
    Get-BridgeEndpoint | Format-Table ContainerName, IPAddress, IPv6Address, IPv6Gateway | Out-Default
    Expect 'b reaches a over IPv4' (Test-BridgeConnection b 10.82.0.5 -Quiet)
    Expect 'b reaches a over IPv6' (Test-BridgeConnection b fd00:82::5 -Quiet)
    Expect 'c, of another network, does not' (-not (Test-BridgeConnection c fd00:82::5 -TimeoutMilliseconds 300 -Quiet))
    Expect 'c has no IPv4 address' (-not (Get-BridgeEndpoint -Container c).IPAddress)
    Refused InvalidOption { New-BridgeContainer d -Network six -IPAddress 10.82.0.9 }
}
exit [int] ($failed -gt 0)
