#!/bin/sh
# Runs a command where a Flatpak's mark is: in_flatpak.sh INFO COMMAND... (root, or a user who may make namespaces)
# A root folder of its own, made of binds, with INFO as /.flatpak-info; nothing of it is seen outside of this process' mount namespace.
info=$(realpath "$1")
shift
if [ "$IN_FLATPAK" != yes ]; then
    [ "$(id -u)" = 0 ] && map= || map=-Ur
    IN_FLATPAK=yes exec unshare $map -m --propagation private "$0" "$info" "$@"
fi
unset IN_FLATPAK
mount -t tmpfs none /mnt || exit 99
for each in /*; do
    name=/mnt$each
    if [ -L "$each" ]; then cp -P "$each" "$name"
    elif [ "$each" = /mnt ]; then mkdir "$name"
    elif [ -d "$each" ]; then mkdir "$name" && mount --rbind "$each" "$name"
    else touch "$name" && mount --bind "$each" "$name"
    fi
done
cp "$info" /mnt/.flatpak-info
exec chroot /mnt "$@"
