# On a kernel without the families of nf_tables that the backend in BRIDGENET_FIREWALL needs: a network is refused with the option that the
# kernel lacks, and nothing is left.
. $PSScriptRoot/../../examples/Expect.ps1

Complete {
    Step "A network with $env:BRIDGENET_FIREWALL"
    $option = @{ nftables = 'CONFIG_NF_TABLES_INET'; iptables = 'CONFIG_NF_TABLES_IPV4' }[$env:BRIDGENET_FIREWALL]
    Refused FirewallFailed { New-BridgeNetwork a }
    New-BridgeNetwork a -ErrorAction SilentlyContinue -ErrorVariable refused
    Expect "the message names $option" ("$refused" -like "*$option*")
}
exit [int] ($failed -gt 0)
