# What of this process belongs to KVM or to our files: descriptors, mappings and threads.
function Get-Held([string] $Folder = '^$') {
    $links = [System.IO.Directory]::GetFiles('/proc/self/fd').ForEach({ "$([System.IO.FileInfo]::new($_).LinkTarget)" }).Where({ $_ -cmatch '^(anon_inode:\[?(kvm|eventfd)|/dev/kvm|socket:)' })
    $maps = [System.IO.File]::ReadAllLines('/proc/self/maps').Where({ $_ -match 'kvm-vcpu' -or $_ -match $Folder })
    $threads = [System.IO.Directory]::GetDirectories('/proc/self/task').ForEach({ try { [System.IO.File]::ReadAllText("$_/comm") } catch { '' } }).Where({ $_ -match '^vCPU' })
    @($links) + $maps + $threads -join "`n"
}

# Anonymous memory looks like any other: what there is of it in all, in bytes.
function Get-AddressSpace { [long] [System.IO.File]::ReadAllText('/proc/self/statm').Split(' ')[0] * [System.Environment]::SystemPageSize }
